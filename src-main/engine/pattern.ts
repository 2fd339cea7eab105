import { type Context, createContext, Script } from 'node:vm';
import type { Matcher } from '../decoding/breakpoints.ts';

/** A pattern that has not decided after this long would not do so in a lifetime, on texts this short. */
const limitMs = 500;
/** Characters before the new text that a match may begin in. */
const reach = 200;

/**
 * Matches regular expressions outside the engine's own course: V8 ends a search that backtracks without end, so that a
 * pattern such as (a+)+$ cannot hang the engine.
 */
export const boundedMatcher: Matcher = (pattern, text, from) => {
  const start = Math.max(0, from - reach);
  const within = text.slice(start);
  const context: Context = createContext({ pattern, within, from: from - start });
  try {
    const found: unknown = search.runInContext(context, { timeout: limitMs });
    if (!Array.isArray(found)) return null;
    const [end, match] = found;
    return { end: Number(end) + start, match: String(match) };
  } catch (error) {
    // It comes from the other context, where Error is another class.
    if (Reflect.get(Object(error), 'code') === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'too slow';
    throw error;
  }
};

const search = new Script(`(() => {
  for (const m of within.matchAll(new RegExp(pattern, 'gu'))) {
    if (m[0] !== '' && m.index + m[0].length > from) return [m.index + m[0].length, m[0]];
  }
  return null;
})()`);
