import { Check, Copy, Funnel, Palette, Search } from 'lucide-react';
import type { RunSummary } from '#shared/domain/run.ts';
import { useActions } from '../../../actions/use-actions.ts';
import {
  type TokenColour,
  type TokenFilter,
  tokenColours,
  tokenFilters,
} from '../../../app/search-params.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Menu, type MenuItem } from '../../../ui/menu.tsx';
import { toast } from '../../../ui/toaster.tsx';
import type { RunView } from '../model/run-view.ts';
import { filterWords } from './filters.ts';
import { quantities } from './quantities.ts';
import { answerText, tokenTable } from './token-table.ts';
import css from './tokens.module.css';

interface Props {
  readonly view: RunView;
  readonly shown: ReadonlySet<number> | null;
  readonly colour: TokenColour | undefined;
  readonly only: TokenFilter | undefined;
  /** run of plain decoding to compare with; null: none was recorded */
  readonly plain: RunSummary | null;
  readonly onColour: (colour: TokenColour | undefined) => void;
  readonly onOnly: (only: TokenFilter | undefined) => void;
  readonly onSearch: () => void;
}

/** Search, colours, filter and copying of the answer. */
export function AnswerTools(props: Props) {
  const { view, shown, colour, only, plain, onColour, onOnly, onSearch } = props;
  const copy = (what: string, text: string) =>
    void navigator.clipboard.writeText(text).then(
      () => toast.success(`Copied ${what}`),
      (error: unknown) => toast.failure(`Could not copy ${what}`, error),
    );
  const copyText = () => copy('the answer as text', answerText(view));
  const copyTable = () => copy('the tokens as a table', tokenTable(view, shown));
  useActions([
    { id: 'inspect.search', label: 'Search the answer', group: 'Inspect', keys: ['/'], run: onSearch },
    { id: 'inspect.copy-text', label: 'Copy the answer as text', group: 'Inspect', keys: [], run: copyText },
    {
      id: 'inspect.copy-table',
      label: 'Copy the tokens as a table',
      group: 'Inspect',
      keys: [],
      run: copyTable,
    },
  ]);
  const item = <T extends string>(
    id: T | undefined,
    label: string,
    chosen: T | undefined,
    choose: (id: T | undefined) => void,
    disabled = false,
  ): MenuItem => ({
    id: id ?? 'all',
    label: id === chosen ? `${label}, chosen` : label,
    icon: id === chosen ? <Check /> : undefined,
    disabled,
    onSelect: () => choose(id),
  });
  return (
    <div className={css.tools}>
      <IconButton label="Search the answer" keys="/" size="s" onClick={onSearch}>
        <Search />
      </IconButton>
      <Menu
        align="end"
        trigger={
          <IconButton label="Colour tokens by" size="s" pressed={colour !== undefined}>
            <Palette />
          </IconButton>
        }
        items={[
          item(undefined, 'Origin', colour, onColour),
          ...tokenColours.map((name) => item(name, colourWords(name), colour, onColour)),
        ]}
      />
      <Menu
        align="end"
        trigger={
          <IconButton label="Show only" size="s" pressed={only !== undefined}>
            <Funnel />
          </IconButton>
        }
        items={[
          item(undefined, 'All tokens', only, onOnly),
          ...tokenFilters.map((name) =>
            item(
              name,
              name === 'differs' && plain === null
                ? `${filterWords[name]} (no plain run)`
                : filterWords[name],
              only,
              onOnly,
              name === 'differs' && plain === null,
            ),
          ),
        ]}
      />
      <Menu
        align="end"
        trigger={
          <IconButton label="Copy" size="s">
            <Copy />
          </IconButton>
        }
        items={[
          { id: 'text', label: 'Answer as text', onSelect: copyText },
          {
            id: 'table',
            label: shown === null ? 'Tokens as a table (TSV)' : 'Shown tokens as a table (TSV)',
            onSelect: copyTable,
          },
        ]}
      />
    </div>
  );
}

function colourWords(name: TokenColour): string {
  return name === 'shares' ? 'Attention shares' : quantities[name].label;
}
