/**
 * A circle among `reliesOn` relations, as the names along it (the first is not repeated), or undefined.
 * Names that nobody has are left out.
 */
export function findCircle(reliesOn: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const start of reliesOn.keys()) {
    const trail: { readonly name: string; readonly next: Iterator<string> }[] = [];
    const onTrail = new Set<string>();
    const enter = (name: string) => {
      onTrail.add(name);
      trail.push({ name, next: (reliesOn.get(name) ?? []).values() });
    };
    if (!finished.has(start)) enter(start);
    for (let top = trail.at(-1); top; top = trail.at(-1)) {
      const { value: name, done } = top.next.next();
      if (done) {
        finished.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
      } else if (onTrail.has(name)) {
        const names = trail.map((stop) => stop.name);
        return names.slice(names.indexOf(name));
      } else if (!finished.has(name) && reliesOn.has(name)) enter(name);
    }
  }
  return undefined;
}
