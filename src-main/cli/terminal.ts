/** Where the command line writes, and what the terminal can show. */
import type { WriteStream } from 'node:tty';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** underline, bold and the like may be used */
  readonly styled: boolean;
  /** colours may be used (https://no-color.org) */
  readonly coloured: boolean;
  /** progress may be shown on stderr */
  readonly interactive: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** What a stream can show, by NO_COLOR, TERM and whether it is a terminal. */
export function abilities(isTty: boolean, env: Env): Pick<Terminal, 'styled' | 'coloured'> {
  const styled = isTty && env.TERM !== 'dumb';
  return { styled, coloured: styled && !env.NO_COLOR };
}

export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    ...abilities(isTerminal(stdout), process.env),
    interactive: isTerminal(stderr) && process.env.TERM !== 'dumb',
  };
}

function isTerminal(stream: WriteStream): boolean {
  return stream.isTTY === true;
}

/**
 * Text as a terminal may show it: control characters, which could steer the terminal, become visible marks. Line
 * breaks and tabs stay.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (c) => {
    const code = c.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** Rows with their columns aligned; the first row is the head. Numbers are aligned to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, c) =>
    Math.max(...rows.map((row) => String(row[c] ?? '').length)),
  );
  const line = (row: readonly (string | number)[]): string =>
    row
      .map((cell, c) => {
        const width = widths[c] ?? 0;
        return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join('');
}
