import { setTimeout as pause } from 'node:timers/promises';
import type { WriteStream } from 'node:tty';
import type { Frame } from './play.ts';
import { colours, lastDeeds, news, type Paint, plain, tree } from './view.ts';

/** How long a frame stays, so that eyes can follow. */
const FRAME_MS = 150;

/** Shows an order as it advances. */
export interface Screen {
  readonly paint: Paint;
  show(frame: Frame): Promise<void>;
}

/** On a terminal a tree that is painted over; elsewhere a line for each thing that happens. */
export const screenOn = (output: NodeJS.WriteStream | WriteStream): Screen =>
  output.isTTY ? livingTree(output) : plainLines(output);

function livingTree(output: NodeJS.WriteStream): Screen {
  let height = 0;
  let before = '';
  return {
    paint: colours,
    show: async (frame) => {
      const lines = [...tree(frame, colours), ...lastDeeds(frame, colours)];
      const picture = lines.join('\n');
      if (picture === before) return;
      before = picture;
      const up = height > 0 ? `\x1b[${height}A` : '';
      output.write(
        `${up}${lines.map((line) => `\x1b[2K${cut(line, output.columns || Number.POSITIVE_INFINITY)}\n`).join('')}`,
      );
      height = lines.length;
      await pause(FRAME_MS);
    },
  };
}

function plainLines(output: NodeJS.WriteStream): Screen {
  let before: Frame | undefined;
  return {
    paint: plain,
    show: async (frame) => {
      for (const line of news(before, frame)) output.write(`${line}\n`);
      before = frame;
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are written with them
const COLOUR = /\x1b\[\d+m/y;

/** As much of a coloured line as fits in a row: a wrapped line would be painted over wrongly. */
function cut(line: string, columns: number): string {
  let width = 0;
  for (let index = 0; index < line.length; ) {
    COLOUR.lastIndex = index;
    const colour = COLOUR.exec(line);
    if (!colour && ++width > columns) return `${line.slice(0, index)}\x1b[0m`;
    index += colour ? colour[0].length : 1;
  }
  return line;
}
