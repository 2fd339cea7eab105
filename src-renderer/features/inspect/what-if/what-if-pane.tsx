import { X } from 'lucide-react';
import { comparesScore, defaultGateThreshold } from '#shared/domain/gate.ts';
import { draftsFromText } from '#shared/metrics/what-if-runs.ts';
import { useCursor } from '../../../app/use-cursor.ts';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { Button } from '../../../ui/button.tsx';
import { plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { EmptyState, LoadingState } from '../../../ui/state.tsx';
import type { RunView } from '../model/run-view.ts';
import { useMakeSurveys } from './use-make-surveys.ts';
import { type Scope, useWhatIf, type WhatIfState } from './use-what-if.ts';
import css from './what-if.module.css';
import { WhatIfBody } from './what-if-body.tsx';

interface Props {
  readonly view: RunView;
  readonly onClose: () => void;
}

/** What the run, or all runs like it, would have been with ViSkip at another threshold. */
export function WhatIfPane({ view, onClose }: Props) {
  const [search, change] = useInspectSearch();
  const scope: Scope = search.whatIfOver ?? 'run';
  const state = useWhatIf(view, scope);
  const { spec } = view.summary;
  const [chosen, choose] = useCursor(search.whatIfAt, (threshold) => change({ whatIfAt: threshold }));
  const own = comparesScore(spec.gate.mode) ? spec.gate.threshold : null;
  const threshold = chosen ?? own ?? defaultGateThreshold;
  return (
    <Panel
      title="What if"
      note={<Exactness state={state} fromText={draftsFromText(spec.method)} />}
      scroll={false}
      actions={
        <>
          <Surveys state={state} />
          <Segmented
            label="Runs"
            value={scope}
            options={[
              { value: 'run', label: 'This run' },
              { value: 'data-set', label: `Data set (${plural(state.series, 'run')})` },
            ]}
            onChange={(next) => change({ whatIfOver: next === 'run' ? undefined : next })}
          />
          <IconButton label="Close what-if" size="s" onClick={onClose}>
            <X />
          </IconButton>
        </>
      }
    >
      {body()}
    </Panel>
  );

  function body() {
    if (state.problem !== null)
      return <EmptyState title="No what-if for this run">{state.problem}</EmptyState>;
    const { result, costs } = state;
    if (result === null || costs === null) return <LoadingState label="Reading the runs" />;
    if (result.withoutGate.count.turns === 0) {
      return <EmptyState title="No what-if for this run">No turn of it came to its end.</EmptyState>;
    }
    return (
      <WhatIfBody
        result={result}
        costs={costs}
        runs={state.pairs.length}
        threshold={threshold}
        own={own}
        onThreshold={choose}
      />
    );
  }
}

/** How far the numbers can be trusted. */
function Exactness({ state, fromText }: { readonly state: WhatIfState; readonly fromText: boolean }) {
  if (state.result === null) return null;
  if (!fromText) {
    return <>estimate: the method learns from its rounds, so at another threshold it would draft otherwise</>;
  }
  return state.unsurveyed.length === 0 ? (
    <span className={css.exact}>rounds and tokens exact, times estimated</span>
  ) : (
    <>dashed: drafts assumed at tokens where none was made</>
  );
}

/** Makes what-ifs exact: a draft at every token. */
function Surveys({ state }: { readonly state: WhatIfState }) {
  const { left, engineBusy, make } = useMakeSurveys();
  const missing = state.unsurveyed.length;
  if (missing === 0 && left === null) return null;
  return (
    <Button
      size="s"
      busy={left !== null}
      disabled={engineBusy}
      title="Decodes the answer once more with a draft at every token (gate: survey), which makes the what-if exact"
      onClick={() => make(state.unsurveyed)}
    >
      {left !== null ? `Surveying, ${left} left` : missing === 1 ? 'Survey' : `Survey ${missing} runs`}
    </Button>
  );
}
