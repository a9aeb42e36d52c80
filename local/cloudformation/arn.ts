/**
 * The components of an ARN, or of a pattern for ARNs: at most six, the last with any further colons. Colons
 * within a policy variable (`${aws:username}`) do not separate.
 */
export function arnComponents(arn: string): string[] {
  const components: string[] = [];
  let from = 0;
  for (const { 0: found, index } of arn.matchAll(/\$\{[^}]*\}|:/g)) {
    if (found !== ':') continue;
    if (components.length === 5) break;
    components.push(arn.slice(from, index));
    from = index + 1;
  }
  return [...components, arn.slice(from)];
}

/** {@link arnComponents} of something that is an ARN; undefined for anything else. */
export function parseArn(arn: string): readonly string[] | undefined {
  const components = arnComponents(arn);
  return components.length === 6 && components[0] === 'arn' ? components : undefined;
}
