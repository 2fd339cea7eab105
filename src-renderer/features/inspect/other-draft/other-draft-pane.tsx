import { ChevronDown, X } from 'lucide-react';
import { methodNames } from '#shared/domain/method.ts';
import { useActions } from '../../../actions/use-actions.ts';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Popover } from '../../../ui/popover.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/state.tsx';
import type { RunView } from '../model/run-view.ts';
import { DraftForm } from '../setup/draft-form.tsx';
import { methodTitles, shortMethod } from '../setup/labels.ts';
import { MethodForm } from '../setup/method-form.tsx';
import css from './other-draft.module.css';
import { OtherTree } from './other-tree.tsx';
import { aboutOther } from './other-words.ts';
import { type OtherDraft, useOtherDraft } from './use-other-draft.ts';

interface Props {
  readonly view: RunView;
  readonly round: number;
  readonly onClose: () => void;
}

const drafting = methodNames.filter((name) => name !== 'ar');

/** What another method would have drafted in the round, beside the round's own tree. */
export function OtherDraftPane({ view, round, onClose }: Props) {
  const other = useOtherDraft(view, round);
  const { settings, problem, record, error, busy, draft } = other;
  useActions([
    {
      id: 'inspect.draft-once',
      label: 'Draft the selected round with the other method',
      group: 'Inspect',
      keys: ['Shift+O'],
      when: () => problem === null && !busy,
      run: draft,
    },
  ]);
  const title = methodTitles[settings.method.name];
  return (
    <Panel
      title="Other draft"
      note={`round ${round}`}
      scroll={false}
      actions={
        <div className={css.actions}>
          <MethodChoice other={other} />
          <Button
            size="s"
            busy={busy}
            disabled={problem !== null}
            title={problem ?? undefined}
            onClick={draft}
          >
            {record === undefined ? 'Draft' : 'Again'}
          </Button>
          <IconButton label="Close the other draft" size="s" onClick={onClose}>
            <X />
          </IconButton>
        </div>
      }
    >
      {body()}
    </Panel>
  );

  function body() {
    if (busy) return <LoadingState label={`Drafting with ${title}`} />;
    if (error !== null) {
      return <ErrorState title={`${title} could not draft here`} error={error} onRetry={draft} />;
    }
    if (record === undefined) {
      return (
        <EmptyState
          title={`What would ${title} have drafted here?`}
          action={
            <Button variant="primary" disabled={problem !== null} onClick={draft}>
              Draft round {round}
            </Button>
          }
        >
          {problem ?? aboutOther(settings.method)}
        </EmptyState>
      );
    }
    return <OtherTree key={other.key} view={view} round={round} record={record} method={settings.method} />;
  }
}

/** The method with its parameters, and what it drafts with. */
function MethodChoice({ other }: { readonly other: OtherDraft }) {
  const { settings, files, change } = other;
  return (
    <Popover
      title="Other method"
      align="end"
      trigger={
        <Button size="s" variant="ghost" className={css.method} title={shortMethod(settings.method)}>
          <span>{shortMethod(settings.method)}</span>
          <ChevronDown aria-hidden="true" />
        </Button>
      }
    >
      <div className={css.form}>
        <MethodForm method={settings.method} names={drafting} onChange={(method) => change({ method })} />
        {settings.method.name === 'draft-model' || 'shape' in settings.method ? (
          <DraftForm settings={settings} files={files} onChange={change} />
        ) : null}
      </div>
    </Popover>
  );
}
