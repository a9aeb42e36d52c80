/** A Markdown table; a column in which no row says anything is left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const used = head.flatMap((_, column) => (rows.some((row) => row[column]) ? [column] : []));
  const line = (cells: readonly string[]) =>
    `| ${used.map((column) => (cells[column] ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${used.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** A fenced block that Markdown viewers draw as a picture. */
export const picture = (mermaid: string): string => `\`\`\`mermaid\n${mermaid}\n\`\`\``;
