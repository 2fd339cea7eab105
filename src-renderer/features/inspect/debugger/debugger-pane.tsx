import { GitFork, StepBack, StepForward, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import { useRound } from '../../../api/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { NumberField } from '../../../ui/number-field.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { RunView } from '../model/run-view.ts';
import type { Resolved, Selected } from '../model/selection.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { reasonContext } from '../tree/reason-context.ts';
import { BreakpointList } from './breakpoint-list.tsx';
import css from './debugger.module.css';
import { ForceToken } from './force-token.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { RunTree } from './run-tree-view.tsx';
import { StopReason } from './stop-reason.tsx';
import type { Debugger } from './use-debugger.ts';
import { Walk } from './walk.tsx';

interface Props {
  readonly view: RunView;
  readonly at: Resolved;
  readonly debug: Debugger;
  /** questions of the sample, one per turn */
  readonly questions: readonly string[];
  readonly files: readonly ModelFile[];
  readonly sets: readonly ModelSet[];
  readonly onSelect: (selected: Selected) => void;
  readonly onShow: (runId: string) => void;
}

/** Breakpoints, the walk along a round's verification, and forks. */
export function DebuggerPane(props: Props) {
  const { view, at, debug, questions, files, sets, onSelect, onShow } = props;
  const [forking, setForking] = useState(false);
  const { round, token } = at;
  const detail = useRound(view.summary.id, round ?? undefined);
  const context = useMemo(
    () => (round === null || detail.data === undefined ? null : reasonContext(view, round, detail.data)),
    [view, round, detail.data],
  );
  const { hit } = debug;
  const stopped =
    hit === null || hit.token === null
      ? undefined
      : view.tokens.find((t) => t.turn === hit.turn && t.index === hit.token);
  return (
    <Panel title="Debugger">
      <div className={css.pane}>
        {hit !== null && (
          <StopReason
            hit={hit}
            token={stopped === undefined ? null : tokenLabel(view.vocabulary, stopped.id)}
          />
        )}
        <Steps view={view} at={at} debug={debug} onFork={() => setForking(true)} />
        <BreakpointList hit={hit?.id ?? null} />
        {round !== null && context !== null && (
          <Walk
            view={view}
            round={round}
            token={token}
            context={context}
            onToken={(place) => onSelect({ token: place, round })}
          />
        )}
        {round !== null && token !== null && context !== null && (
          <ForceToken key={token} view={view} round={round} token={token} context={context} debug={debug} />
        )}
        <RunTree runId={view.summary.id} onShow={onShow} />
      </div>
      {forking && round !== null && (
        <ForkDialog
          spec={view.summary.spec}
          round={round}
          nextTurn={nextTurnOf(view, round, questions)}
          files={files}
          sets={sets}
          debug={debug}
          onClose={() => setForking(false)}
        />
      )}
    </Panel>
  );
}

function Steps({
  view,
  at,
  debug,
  onFork,
}: Pick<Props, 'view' | 'at' | 'debug'> & { readonly onFork: () => void }) {
  const rounds = view.rounds.length;
  const [round, setRound] = useState(rounds + 5);
  const selected = at.round ?? 0;
  return (
    <div className={css.steps} role="toolbar" aria-label="Steps">
      <IconButton
        label="Comparison before"
        keys="Shift+S"
        size="s"
        disabled={at.token === null}
        onClick={() => debug.stepToken(-1)}
      >
        <StepBack />
      </IconButton>
      <IconButton
        label={debug.paused ? 'Next comparison, then decode a round' : 'Next comparison'}
        keys="s"
        size="s"
        disabled={at.token === null || debug.busy}
        onClick={() => debug.stepToken(1)}
      >
        <StepForward />
      </IconButton>
      <IconButton
        label="Take a round back"
        keys="b"
        size="s"
        disabled={!debug.canBack || debug.busy}
        onClick={() => debug.back(rounds - 1)}
      >
        <Undo2 />
      </IconButton>
      {debug.canBack && selected < rounds - 1 && selected + 1 >= debug.shared && (
        <Button size="s" disabled={debug.busy} onClick={() => debug.back(selected + 1)}>
          Back to round {selected}
        </Button>
      )}
      <span className={css.runTo}>
        <Button
          size="s"
          disabled={!debug.canRunTo || debug.busy}
          onClick={() => debug.runTo({ kind: 'round', round })}
        >
          Run to round
        </Button>
        <NumberField
          label="Round to run to"
          value={round}
          min={0}
          max={1_000_000}
          width="66px"
          onChange={setRound}
        />
      </span>
      <Button
        size="s"
        icon={<GitFork />}
        disabled={!debug.canFork || at.round === null || debug.busy}
        onClick={onFork}
      >
        Fork after round {selected}…
      </Button>
    </div>
  );
}

/** The turn whose question a fork after `round` may still change. */
function nextTurnOf(
  view: RunView,
  round: number,
  questions: readonly string[],
): { readonly index: number; readonly text: string } {
  const index = (view.rounds[round]?.turn ?? 0) + 1;
  return { index, text: view.turns.find((turn) => turn.index === index)?.user ?? questions[index] ?? '' };
}
