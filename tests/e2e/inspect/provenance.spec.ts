import { required } from '../../../src-shared/domain/assert.ts';
import { expect, test } from '../fixtures.ts';
import { openLink } from '../flows.ts';
import { bytesOf, type Recorded, recorded } from '../recorded.ts';

/** A round whose draft was copied whole from one place, and the places [from, to) in prompt and answer with its match. */
function copied(run: Recorded, inPrompt: boolean): { round: number; from: number; to: number; text: string } {
  const prompt = required(run.turns[0], 'the turn').promptTokens;
  for (const [round, { tree }] of run.details.entries()) {
    // Prompt lookup drafts a chain: the last node's place is the end of what was copied.
    const last = tree.provenance?.at(-1) ?? null;
    if (last === null || last.at === null) continue;
    const from = last.at + 2 - tree.tokens.length - last.matched;
    const to = last.at + 1;
    if (inPrompt ? from >= prompt.length : from < prompt.length) continue;
    const ids = [...prompt, ...run.tokens.map(({ id }) => id)].slice(from, to);
    return { round, from, to, text: Buffer.concat(ids.map((id) => bytesOf(run, id))).toString() };
  }
  throw new Error('no draft was copied from there: take another sample');
}

test('what a draft was copied from is marked, in the question or in the answer', async ({ page, server }) => {
  const id = await server.record(
    '--sample',
    'specula_206',
    '--method',
    'pld',
    '--ngram',
    '1',
    '--gpu',
    'cpu',
  );
  const run = recorded(server.home, id);
  const { promptTokens, user } = required(run.turns[0], 'the turn');
  const answer = page.getByRole('region', { name: 'Answer' });

  const asked = copied(run, true);
  await openLink(page, `#/inspect?run=${id}&round=${asked.round}`);
  // The prompt goes on after the question: the mark ends with it.
  const end = user.length;
  const marked = required(
    Array.from({ length: end }, (_, at) => user.slice(at)).find((part) => asked.text.startsWith(part)),
    'the end of the question in what was copied',
  );
  await expect(answer.locator('mark')).toHaveText(marked.trim());
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText(
    '1 token matched in the prompt',
  );

  const said = copied(run, false);
  await openLink(page, `#/inspect?run=${id}&round=${said.round}`);
  await expect(page.getByRole('region', { name: 'Draft tree' })).toContainText(
    '1 token matched in the answer',
  );
  await expect(answer.locator('mark')).toHaveCount(0);
  const outlines = answer
    .locator('[data-token]')
    .evaluateAll((all) =>
      all.flatMap((one) =>
        getComputedStyle(one).outlineStyle === 'dashed' ? [Number(one.getAttribute('data-token'))] : [],
      ),
    );
  expect(await outlines).toEqual(
    Array.from({ length: said.to - said.from }, (_, i) => said.from - promptTokens.length + i),
  );
});
