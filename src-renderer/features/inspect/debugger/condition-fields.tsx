import { useState } from 'react';
import { assertNever } from '#shared/domain/assert.ts';
import { type BreakCondition, maxPatternLength, patternProblem } from '#shared/domain/breakpoint.ts';
import { NumberField } from '../../../ui/number-field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { TextField } from '../../../ui/text-field.tsx';
import css from './debugger.module.css';

interface Props {
  readonly when: BreakCondition;
  readonly onChange: (when: BreakCondition) => void;
}

const comparisons = [
  { value: '=', label: '=' },
  { value: '>=', label: '≥' },
  { value: '<=', label: '≤' },
] as const;

const forms = [
  { value: 'plain', label: 'text' },
  { value: 'regex', label: 'pattern' },
] as const;

/** The numbers and texts of a breakpoint. */
export function ConditionFields({ when, onChange }: Props) {
  switch (when.kind) {
    case 'round':
      return <Count label="Round" value={when.round} onChange={(round) => onChange({ ...when, round })} />;
    case 'accepted':
      return (
        <>
          <Segmented
            label="Compare accepted"
            value={when.is}
            options={comparisons}
            onChange={(is) => onChange({ ...when, is })}
          />
          <Count label="Accepted tokens" value={when.n} onChange={(n) => onChange({ ...when, n })} />
        </>
      );
    case 'gate':
      return <Unit label="Or within" value={when.near} onChange={(near) => onChange({ ...when, near })} />;
    case 'score':
      return <Unit label="Least r" value={when.least} onChange={(least) => onChange({ ...when, least })} />;
    case 'p-target':
      return (
        <Unit label="p target below" value={when.below} onChange={(below) => onChange({ ...when, below })} />
      );
    case 'draft-rank':
      return (
        <Count
          label="Rank above"
          value={when.above}
          min={1}
          onChange={(above) => onChange({ ...when, above })}
        />
      );
    case 'text':
      return <TextFields when={when} onChange={onChange} />;
    case 'differs':
    case 'turn-end':
      return null;
    default:
      return assertNever(when);
  }
}

function Count(props: {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly onChange: (value: number) => void;
}) {
  return <NumberField min={0} max={1_000_000} width="76px" {...props} />;
}

function Unit(props: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <NumberField {...props} min={0} max={1} step={0.01} width="84px" format={{ maximumFractionDigits: 4 }} />
  );
}

/** A pattern is taken over only when it can be used; until then the reason stands below. */
function TextFields({
  when,
  onChange,
}: {
  when: Extract<BreakCondition, { kind: 'text' }>;
  onChange: Props['onChange'];
}) {
  const [text, setText] = useState(when.text);
  const problem = problemOf(text, when.regex);
  const take = (next: { readonly text: string; readonly regex: boolean }): void => {
    setText(next.text);
    if (problemOf(next.text, next.regex) === null) onChange({ ...when, ...next });
  };
  return (
    <>
      <TextField
        label="Text"
        value={text}
        maxLength={maxPatternLength}
        aria-invalid={problem !== null}
        onChange={(value) => take({ text: value, regex: when.regex })}
      />
      <Segmented
        label="Kind of text"
        value={when.regex ? 'regex' : 'plain'}
        options={forms}
        onChange={(form) => {
          const regex = form === 'regex';
          // A text that is no pattern stays a text.
          if (problemOf(text, regex) === null) onChange({ ...when, text, regex });
        }}
      />
      {problem !== null && (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

function problemOf(text: string, regex: boolean): string | null {
  if (text === '') return 'Type what to wait for.';
  return regex ? patternProblem(text) : null;
}
