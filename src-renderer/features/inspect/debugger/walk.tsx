import { type RunView, tokenSpan } from '../model/run-view.ts';
import { comparisonsOf, type Offer } from '../model/verification.ts';
import { fateWord, type ReasonContext } from '../words/node-reason.ts';
import { probability, rank } from '../words/numbers.ts';
import { originLooks } from '../words/origins.ts';
import css from './debugger.module.css';

interface Props {
  readonly view: RunView;
  readonly round: number;
  /** place of the selected token over the run */
  readonly token: number | null;
  readonly context: ReasonContext;
  readonly onToken: (token: number) => void;
}

/** The verification of the selected round, comparison by comparison; the one of the selected token is open. */
export function Walk({ view, round, token, context, onToken }: Props) {
  const [first] = tokenSpan(view, round);
  const comparisons = comparisonsOf(context.tree, context.committed);
  return (
    <section aria-label="Verification">
      <h3 className={css.title}>Verification of round {round}</h3>
      <ol className={css.walk}>
        {comparisons.map(({ row, offers, chosen }, place) => {
          const current = token === first + place;
          return (
            <li key={chosen.index} className={css.step} data-current={current || undefined}>
              <button
                type="button"
                className={css.stepHead}
                aria-expanded={current}
                aria-current={current ? 'step' : undefined}
                onClick={() => onToken(first + place)}
              >
                <span>
                  after <code>{context.label(context.tree.tokens[row] ?? 0)}</code>
                </span>
                <span>
                  target <code>{context.label(chosen.id)}</code> {probability(chosen.pTarget)}
                </span>
                <b>{originLooks[chosen.origin].label}</b>
              </button>
              {current && <Offers offers={offers} context={context} />}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Offers({ offers, context }: { readonly offers: readonly Offer[]; readonly context: ReasonContext }) {
  if (offers.length === 0)
    return <p className={css.note}>Nothing was offered here: the target's token stands.</p>;
  return (
    <table className={css.offers}>
      <thead>
        <tr>
          <th scope="col">offered</th>
          <th scope="col">q</th>
          <th scope="col">p</th>
          <th scope="col">rank</th>
          <th scope="col">verdict</th>
        </tr>
      </thead>
      <tbody>
        {offers.map(({ node, token, draftProb, targetProb, targetRank, fate }) => (
          <tr key={node} data-fate={fate}>
            <td>
              <code>{context.label(token)}</code>
            </td>
            <td>{draftProb === null ? '–' : probability(draftProb)}</td>
            <td>{targetProb === null ? '–' : probability(targetProb)}</td>
            <td>{targetRank === null ? '–' : rank(targetRank)}</td>
            <td>{fateWord(fate)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
