/**
 * From a conversation to prompt parts. The chat template comes from the GGUF file and is rendered with
 * stand-ins for everything a user wrote and for the image, so user text can never become a special token,
 * a template instruction or an image marker.
 */
import { randomUUID } from 'node:crypto';
import { Template } from '@huggingface/jinja';
import type { PrefillPart } from '../decoding/model.ts';
import { errorMessage } from '../errors.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
  /** put the image before the text (the first user message of a conversation, methods.md 1.3) */
  readonly image: boolean;
}

type Image = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** Vicuna's form, used by LLaVA-1.5; for models whose file has no template of its own. */
export const fallbackTemplate =
  "{% for m in messages %}{% if m.role == 'system' %}{{ m.content }} {% elif m.role == 'user' %}USER: {{ m.content }} {% else %}ASSISTANT: {{ m.content }} {% endif %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}";

/** The conversation of turn `turn`: earlier questions with the model's own answers, then this question. */
export function conversation(
  system: string | null,
  questions: readonly string[],
  answers: readonly string[],
  withImage: boolean,
): ChatMessage[] {
  const messages: ChatMessage[] = system === null ? [] : [{ role: 'system', text: system, image: false }];
  for (const [i, answer] of answers.entries()) {
    messages.push({ role: 'user', text: questions[i] ?? '', image: withImage && i === 0 });
    messages.push({ role: 'assistant', text: answer, image: false });
  }
  const turn = answers.length;
  messages.push({ role: 'user', text: questions[turn] ?? '', image: withImage && turn === 0 });
  return messages;
}

/** Splits text so that every special token's text in it stands alone and is not parsed as one. */
export function plainParts(text: string, specials: readonly string[]): PrefillPart[] {
  const found = specials.filter((s) => s !== '' && text.includes(s)).sort((a, b) => b.length - a.length);
  if (found.length === 0) return text === '' ? [] : [{ text, parseSpecial: true }];
  const escaped = found.map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text
    .split(new RegExp(`(${escaped.join('|')})`))
    .filter((piece) => piece !== '')
    .map((piece) => ({ text: piece, parseSpecial: !found.includes(piece) }));
}

/** Joins neighbouring texts that are parsed alike, so that they are tokenised as one (as the reference does). */
function joinParts(parts: readonly PrefillPart[]): PrefillPart[] {
  const out: PrefillPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (last && 'text' in last && 'text' in part && last.parseSpecial && part.parseSpecial) {
      out[out.length - 1] = { text: last.text + part.text, parseSpecial: true };
    } else out.push(part);
  }
  return out;
}

export interface TemplateTexts {
  readonly template: string | null;
  /** texts of BOS and EOS; BOS is '' where the model adds it itself */
  readonly bos: string;
  readonly eos: string;
  readonly specials: readonly string[];
}

/**
 * Renders the messages and cuts the result into prompt parts.
 * Throws an Error that names the template when it cannot be rendered.
 */
export function promptParts(
  messages: readonly ChatMessage[],
  image: Image | null,
  texts: TemplateTexts,
): PrefillPart[] {
  const nonce = randomUUID();
  const textMark = (i: number): string => `[[${nonce}:text:${i}]]`;
  const imageMark = `[[${nonce}:image]]`;
  const standIns = messages.map((m, i) => ({
    role: m.role,
    content: (m.image && image ? imageMark : '') + textMark(i),
  }));
  let rendered: string;
  try {
    rendered = new Template(texts.template ?? fallbackTemplate).render({
      messages: standIns,
      add_generation_prompt: true,
      bos_token: texts.bos,
      eos_token: texts.eos,
    });
  } catch (error) {
    throw new Error(`the chat template of the model cannot be rendered: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  // A template may fold or drop old messages, but not what is asked now.
  const needed = [
    textMark(messages.length - 1),
    ...(image && messages.some((m) => m.image) ? [imageMark] : []),
  ];
  if (needed.some((mark) => !rendered.includes(mark))) {
    throw new Error(
      'the chat template of the model leaves out the question or the image; use another model file',
    );
  }
  const parts: PrefillPart[] = [];
  for (const piece of rendered.split(new RegExp(`(\\[\\[${nonce}:(?:image|text:\\d+)\\]\\])`))) {
    if (piece === '') continue;
    if (piece === imageMark) {
      if (image) parts.push({ image });
    } else if (piece.startsWith(`[[${nonce}:text:`)) {
      const index = Number(piece.slice(`[[${nonce}:text:`.length, -2));
      parts.push(...plainParts(messages[index]?.text ?? '', texts.specials));
    } else parts.push({ text: piece, parseSpecial: true });
  }
  return joinParts(parts);
}
