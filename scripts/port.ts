const DEFAULT_PORT = 3000;

/** The port of `npm start`: `PORT`, or 3000. @throws when `PORT` is no port */
export function localPort(): number {
  const { PORT } = process.env;
  if (PORT === undefined || PORT === '') return DEFAULT_PORT;
  const port = Number(PORT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`PORT is "${PORT}": it must be a number from 0 to 65535.`);
}

/** Where the platform of `npm start` is. */
export const localUrl = (): string => `http://127.0.0.1:${localPort()}`;
