import type { ProjectorGeometry } from '../../src-shared/domain/geometry.ts';
import { draftFileOf } from '../../src-shared/domain/method.ts';
import type { RoundRecord } from '../../src-shared/domain/round.ts';
import { decodeTurn } from '../decoding/loop.ts';
import { replayTurn } from '../decoding/replay.ts';
import { Trie } from '../decoding/retrieval/trie.ts';
import type { EngineJob } from './client.ts';
import { placeOf, turnOptions } from './job.ts';
import { idsOf } from './past.ts';
import type { Loaded } from './session.ts';

/**
 * Drafts and verifies one round with the job's method, at the place where the job begins, and decodes nothing more. Texts
 * of earlier runs are neither known nor added to.
 *
 * @throws Error where the context leaves no room for a round
 */
export async function draftOnce(
  job: EngineJob,
  loaded: Loaded,
  projector: ProjectorGeometry | null,
): Promise<RoundRecord> {
  const place = placeOf(job, { ...loaded, answers: new Trie() }, projector);
  const turn = place.past.turns.length - 1;
  // Drafting models begin every turn anew; what is drafted from text may come from an earlier turn.
  const remembers = draftFileOf(job.spec.method) === null;
  for (let t = 0; remembers && t < turn; t++) {
    await replayTurn(turnOptions(place, t), idsOf(place.past, t));
  }
  for await (const event of decodeTurn(turnOptions(place, turn))) {
    if (event.kind === 'round') return event.record;
  }
  throw new Error('the context is full here, so nothing can be drafted: choose an earlier round');
}
