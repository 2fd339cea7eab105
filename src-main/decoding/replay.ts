import { type DecodeOptions, promptTokensOf, rootOnly } from './loop.ts';
import type { RowWants } from './model.ts';
import { feedAgain } from './resume.ts';

/**
 * Shows a drafter a turn that was decoded before, for what it keeps of earlier turns. The target's context then holds that
 * turn. `tokens`: the turn's answer, at least one. Rejects with what the models reject with.
 */
export async function replayTurn(
  { target, drafter, prompt, draftPrompt }: DecodeOptions,
  tokens: readonly number[],
): Promise<void> {
  const wants: RowWants = { topK: 1, layers: new Int32Array(0), patches: false, heads: false };
  const out = await target.prefill({ ...prompt, wants, promptTop: drafter.promptTop });
  const promptTokens = promptTokensOf(out.chunks);
  await drafter.begin({ tokens: promptTokens, own: draftPrompt, top: out.promptTop });
  await feedAgain(target, drafter, out, rootOnly(promptTokens.at(-1) ?? -1), tokens, wants.topK);
}
