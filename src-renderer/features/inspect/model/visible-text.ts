const marks: Readonly<Record<string, string>> = {
  ' ': '␣',
  '\n': '↵',
  '\r': '␍',
  '\t': '⇥',
  '\u00A0': '⍽',
  '\u200B': '⟨zero-width space⟩',
  '\uFEFF': '⟨byte order mark⟩',
};

/** Text of a control character as its Unicode control picture, e.g. U+0000 as ␀. */
function controlPicture(code: number): string {
  return code === 0x7f ? '␡' : String.fromCodePoint(0x2400 + code);
}

function markOf(character: string): string {
  const mark = marks[character];
  if (mark !== undefined) return mark;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || code === 0x7f ? controlPicture(code) : character;
}

/** Every space, line break and control character as a visible mark: " red\n" becomes "␣red↵". */
export function visibleText(text: string): string {
  return Array.from(text, markOf).join('');
}

/** Whether a text consists of spaces, line breaks and control characters only, so that it would be invisible. */
export function isBlank(text: string): boolean {
  return text !== '' && Array.from(text).every((c) => c.trim() === '' || markOf(c) !== c);
}
