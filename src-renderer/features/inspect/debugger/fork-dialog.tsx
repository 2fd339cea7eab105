import { useState } from 'react';
import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import { Button } from '../../../ui/button.tsx';
import { Checkbox } from '../../../ui/checkbox.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Field } from '../../../ui/field.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { GateForm } from '../setup/gate-form.tsx';
import { MethodForm } from '../setup/method-form.tsx';
import { SamplingForm } from '../setup/sampling-form.tsx';
import { settingsOf, withMethod } from '../setup/settings.ts';
import css from './debugger.module.css';
import type { Debugger } from './use-debugger.ts';

interface Props {
  readonly spec: RunSpec;
  /** after this round the fork goes on */
  readonly round: number;
  /** the turn that would be asked next, and its question; '' for one after the last */
  readonly nextTurn: { readonly index: number; readonly text: string };
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
  readonly debug: Debugger;
  readonly onClose: () => void;
}

/** What a fork is to do otherwise: method, gate, sampling, limit, the next question. */
export function ForkDialog({ spec, round, nextTurn, files, sets, debug, onClose }: Props) {
  const [settings, setSettings] = useState(() => settingsOf(spec));
  const [question, setQuestion] = useState(nextTurn.text);
  const [step, setStep] = useState(false);
  const change = (patch: Partial<typeof settings>) => setSettings((now) => ({ ...now, ...patch }));
  const { method, draft, draftProjector, gate, sampling, maxTokens } = settings;
  const start = () => {
    const asked = question.trim() !== '' && question !== nextTurn.text;
    debug.fork({
      round: round + 1,
      step,
      change: { method, draft, draftProjector, gate, sampling, maxTokens },
      force: null,
      questions: asked ? [{ turn: nextTurn.index, text: question }] : [],
    });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Continue as a fork"
      description={`A new run that shares rounds 0 to ${round} and goes on from there with these settings. This run stays as it is.`}
      width="520px"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" busy={debug.busy} onClick={start}>
            Continue
          </Button>
        </>
      }
    >
      <div className={css.forkForm}>
        <MethodForm
          method={method}
          onChange={(next) => setSettings((now) => withMethod(now, next, files, sets))}
        />
        <GateForm
          gate={gate}
          layers={files.find((file) => file.id === spec.target)?.layers ?? null}
          onChange={(next) => change({ gate: next })}
        />
        <SamplingForm sampling={sampling} onChange={(next) => change({ sampling: next })} />
        <Field label="Most tokens per turn">
          <NumberField
            label="Most tokens per turn"
            value={maxTokens}
            min={1}
            max={65_536}
            width="110px"
            onChange={(next) => change({ maxTokens: next })}
          />
        </Field>
        <Field label={`Question of turn ${nextTurn.index + 1}`}>
          <textarea
            className={css.question}
            aria-label={`Question of turn ${nextTurn.index + 1}`}
            rows={3}
            placeholder="None: the run ends with this turn"
            value={question}
            onChange={(event) => setQuestion(event.target.value)}
          />
        </Field>
        <span className={css.row}>
          <Checkbox checked={step} label="Decode one round, then wait" onChange={setStep} />
          Decode one round, then wait
        </span>
      </div>
    </Dialog>
  );
}
