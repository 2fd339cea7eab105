import { Stethoscope } from 'lucide-react';
import { memo, useDeferredValue, useMemo } from 'react';
import { useReference } from '../../../api/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { formatPercent } from '../../../ui/format.ts';
import { Popover } from '../../../ui/popover.tsx';
import type { RunView } from '../model/run-view.ts';
import { type Diagnosis, diagnose, type Tally } from './diagnosis.ts';
import { diagnosisSentences, nearWords } from './diagnosis-words.ts';
import css from './explain.module.css';
import { wordClassWords } from './word-class.ts';

function useDiagnosis(view: RunView): Diagnosis {
  const { dataSetId, sampleId } = view.summary.spec;
  const reference = useReference(dataSetId, sampleId).data;
  return useMemo(() => diagnose(view, reference ?? []), [view, reference]);
}

/** Where acceptance dies in this run, in words and as a table. */
export function DiagnosisButton({ view }: { readonly view: RunView }) {
  return (
    <Popover
      title="Where acceptance dies"
      align="end"
      trigger={
        <Button size="s" variant="ghost" icon={<Stethoscope />}>
          Diagnosis
        </Button>
      }
    >
      <DiagnosisText view={view} />
    </Popover>
  );
}

/** The first sentence of the diagnosis. Counted once the run is on the screen: nobody waits for it. */
export function Verdict({ view }: { readonly view: RunView }) {
  const shown = useDeferredValue<RunView | null>(view, null);
  return shown === null ? null : <FirstSentence view={shown} />;
}

const FirstSentence = memo(function FirstSentence({ view }: { readonly view: RunView }) {
  const [first] = diagnosisSentences(useDiagnosis(view));
  return first === undefined ? null : ` ${first}`;
});

function DiagnosisText({ view }: { readonly view: RunView }) {
  const diagnosis = useDiagnosis(view);
  const sentences = diagnosisSentences(diagnosis);
  return (
    <div className={css.diagnosis}>
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {sentences.length === 0 && <p>Nothing was drafted yet.</p>}
      {diagnosis.all.offers > 0 && (
        <>
          <table className={css.tallies}>
            <thead>
              <tr>
                <th scope="col">offers</th>
                <th scope="col">accepted</th>
                <th scope="col">of</th>
                <th scope="col" colSpan={2}>
                  share
                </th>
              </tr>
            </thead>
            <Group
              name="By depth"
              rows={diagnosis.byDepth.map((t, i) => [`depth ${i + 1}, once reached`, t])}
            />
            <Group name="By kind of word" rows={diagnosis.byClass.map((t) => [wordClassWords[t.word], t])} />
            <Group name="Near the image" rows={diagnosis.byNear.map((t) => [nearWords[t.near], t])} />
          </table>
          <p className={css.note}>
            An offer is a place at which the draft put at least one token before the target; it is accepted
            when the target's token was among them. {marksNote[diagnosis.marksBy ?? 'none']}
          </p>
        </>
      )}
    </div>
  );
}

const marksNote = {
  spans: 'Image-dependent words are those that the reference answer marks.',
  words:
    'The answer differs from the reference, so every word that the reference lists as image-dependent counts as one, wherever it stands.',
  none: 'This sample has no reference answer that says which words depend on the image.',
} as const;

function Group({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: readonly (readonly [string, Tally])[];
}) {
  if (rows.length === 0) return null;
  return (
    <tbody>
      <tr>
        <th scope="rowgroup" colSpan={5}>
          {name}
        </th>
      </tr>
      {rows.map(([label, { accepted, offers }]) => (
        <tr key={label}>
          <th scope="row">{label}</th>
          <td>{accepted}</td>
          <td>{offers}</td>
          <td>{formatPercent(offers === 0 ? null : accepted / offers, 0)}</td>
          <td className={css.meter}>
            <i style={{ width: `${offers === 0 ? 0 : (accepted / offers) * 100}%` }} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}
