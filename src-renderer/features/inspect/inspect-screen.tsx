import { Microscope } from 'lucide-react';
import { useMemo } from 'react';
import { useActions } from '../../actions/use-actions.ts';
import { useInspectSearch } from '../../app/use-search-params.ts';
import { SplitLayoutsContext } from '../../ui/split-layouts.ts';
import { SplitPane } from '../../ui/split-pane.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/state.tsx';
import { DebuggerPane } from './debugger/debugger-pane.tsx';
import { useDebugger } from './debugger/use-debugger.ts';
import { useDebuggerOpen } from './debugger/use-debugger-open.ts';
import { EngineNotice } from './header/engine-notice.tsx';
import { RunHeader } from './header/run-header.tsx';
import { ImagePane } from './image/image-pane.tsx';
import css from './inspect.module.css';
import { InspectPanes } from './inspect-panes.tsx';
import { resolve, type Selected } from './model/selection.ts';
import { RunControls } from './setup/run-controls.tsx';
import { settingsOf } from './setup/settings.ts';
import { SetupBar } from './setup/setup-bar.tsx';
import { useRunDriver } from './setup/use-run-driver.ts';
import type { OpenRun } from './store/run-store.ts';
import { useOpenRun } from './store/use-open-run.ts';
import { useAddressLayouts } from './use-address-layouts.ts';
import { useInspectKeys } from './use-inspect-keys.ts';
import { useSetup } from './use-setup.ts';
import { useInspectHistory } from './use-view-history.ts';

const noSelection = { round: undefined, token: undefined, node: undefined };
/** What belongs to one run. */
const noRun = { ...noSelection, run: undefined, whatIfAt: undefined, zoom: undefined };

/** Watch a run, live or recorded: image, answer, draft trees, timeline. Its state is its address. */
export function InspectScreen() {
  const [{ run }] = useInspectSearch();
  const open = useOpenRun(run);
  // The run is asked for first: the main side reads it while the screen is made.
  return open.begun ? <Screen open={open} /> : null;
}

function Screen({ open: { view, error, deleted } }: { readonly open: OpenRun }) {
  const [search, change] = useInspectSearch();
  const setup = useSetup(search, view);
  const at = useMemo(
    () =>
      view === null ? null : resolve(view, { round: search.round, token: search.token, node: search.node }),
    [view, search.round, search.token, search.node],
  );
  const select = (selected: Selected) => change({ ...noSelection, ...selected });
  const show = (run: string) =>
    change({ ...noRun, run, dataSet: undefined, sample: undefined }, { push: true });
  const driver = useRunDriver({
    status: setup.status,
    shown: view === null ? null : { id: view.summary.id, status: view.summary.status },
    spec: setup.spec,
    problems: setup.problems,
    onStarted: show,
  });
  useInspectKeys({ driver, view, at, onSelect: select });
  useActions([
    {
      id: 'inspect.other-draft',
      label: 'Show or hide another method’s draft',
      group: 'Inspect',
      keys: ['o'],
      when: () => at?.round != null,
      run: () => change({ otherDraft: search.otherDraft === true ? undefined : true }),
    },
  ]);
  const debug = useDebugger({ view, at, driver, onSelect: select, onShow: show });
  const { open: debugging } = useDebuggerOpen();
  useInspectHistory();
  const layouts = useAddressLayouts();

  const chooseSample = (dataSet: string | undefined, sample: string | undefined) =>
    change({ ...noRun, dataSet, sample }, { push: true });

  return (
    <div className={css.screen}>
      <SetupBar
        {...setup}
        onChange={setup.change}
        sampleId={setup.sample?.id}
        onDataSet={(id) => chooseSample(id, undefined)}
        onSample={(id) => chooseSample(setup.dataSetId, id)}
        locked={driver.phase !== 'idle'}
        controls={<RunControls driver={driver} debug={debug} />}
      />
      <EngineNotice status={setup.status} shown={search.run} onShow={show} />
      {driver.phase === 'idle' &&
        setup.error === null &&
        !setup.loading &&
        setup.problems.length > 0 &&
        setup.samples.length > 0 && <p className={css.problems}>{setup.problems.join(' ')}</p>}
      {view !== null && at !== null && (
        <RunHeader
          view={view}
          turns={setup.sample?.turns.length ?? 1}
          differs={JSON.stringify(settingsOf(view.summary.spec)) !== JSON.stringify(setup.settings)}
          onTakeSettings={() => setup.change(settingsOf(view.summary.spec))}
          following={at.following}
          onFollow={() => select({})}
        />
      )}
      <SplitLayoutsContext value={layouts}>
        <div className={css.main}>
          {debugging && view !== null && at !== null ? (
            <SplitPane
              id="inspect.debugger"
              direction="horizontal"
              panes={[
                { id: 'panes', minSize: 640, content: body() },
                {
                  id: 'debugger',
                  defaultSize: '24%',
                  minSize: 260,
                  content: (
                    <DebuggerPane
                      view={view}
                      at={at}
                      debug={debug}
                      questions={setup.sample?.turns ?? []}
                      files={setup.files}
                      sets={setup.sets}
                      onSelect={select}
                      onShow={show}
                    />
                  ),
                },
              ]}
            />
          ) : (
            body()
          )}
        </div>
      </SplitLayoutsContext>
    </div>
  );

  function body() {
    if (deleted) {
      return (
        <EmptyState title="This run was deleted">
          Choose another under Runs, or press Run to decode the sample again.
        </EmptyState>
      );
    }
    if (error !== null && view === null)
      return <ErrorState title="The run could not be opened" error={error} />;
    if (setup.error !== null && view === null)
      return <ErrorState title="Samples and models could not be read" error={setup.error} />;
    if (search.run !== undefined && view === null) return <LoadingState label="Opening the run" />;
    if (view === null || at === null) {
      return (
        <SplitPane
          id="inspect.empty"
          direction="horizontal"
          panes={[
            {
              id: 'image',
              defaultSize: '34%',
              minSize: 260,
              content: <ImagePane dataSetId={setup.dataSetId} sample={setup.sample} run={null} />,
            },
            {
              id: 'hint',
              content: (
                <EmptyState icon={<Microscope />} title={setup.sample?.turns[0] ?? 'Choose a sample'}>
                  Press Run to decode the answer, or Step to decode it round by round. Every token will show
                  where it came from, and every drafted token why it was accepted or refused.
                </EmptyState>
              ),
            },
          ]}
        />
      );
    }
    return (
      <InspectPanes
        view={view}
        at={at}
        sample={setup.sample}
        onSelect={select}
        whatIf={search.whatIf === true}
        onWhatIf={(open) => change({ whatIf: open || undefined })}
        other={search.otherDraft === true}
        onOther={(open) => change({ otherDraft: open || undefined })}
      />
    );
  }
}
