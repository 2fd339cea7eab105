import { ChartSpline, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useInspectSearch } from '../../../app/use-search-params.ts';
import { rangeTotals } from '../../../charts/timeline/geometry.ts';
import { Timeline } from '../../../charts/timeline/timeline.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatFixed, formatMs, formatPercent, plural } from '../../../ui/format.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { sentenceOf } from '../explain/story.ts';
import type { RunView } from '../model/run-view.ts';
import { JumpToRound } from './jump-to-round.tsx';
import { RoundFacts } from './round-facts.tsx';
import css from './timeline.module.css';
import { TimelineLegend } from './timeline-legend.tsx';
import { timelineRounds } from './timeline-rounds.ts';
import { parseZoom, zoomText } from './zoom-text.ts';

interface Props {
  readonly view: RunView;
  readonly round: number | null;
  readonly onSelect: (round: number) => void;
  readonly whatIf: boolean;
  readonly onWhatIf: (open: boolean) => void;
}

type Range = readonly [number, number];

/** All rounds of the run: drafts, time, score; totals of a brushed range. */
export function TimelinePane({ view, round, onSelect, whatIf, onWhatIf }: Props) {
  const [brushed, setBrushed] = useState<{ readonly run: string; readonly range: Range } | null>(null);
  const [{ zoom }, change] = useInspectSearch();
  const { rounds: all, tokens, firstTokens } = view;
  const rounds = useMemo(
    () => timelineRounds({ rounds: all, tokens, firstTokens }),
    [all, tokens, firstTokens],
  );
  const range = brushed !== null && brushed.run === view.summary.id ? brushed.range : null;
  return (
    <Panel
      title="Rounds"
      note={range === null ? 'shift-drag sums a range' : rangeWords(rounds, range)}
      scroll={false}
      actions={
        <>
          <JumpToRound rounds={rounds.length} onJump={onSelect} />
          {range === null ? (
            <TimelineLegend
              gated={rounds.some((r) => r.threshold !== null)}
              skips={rounds.some((r) => r.skipped)}
            />
          ) : (
            <IconButton label="Forget the range" size="s" onClick={() => setBrushed(null)}>
              <X />
            </IconButton>
          )}
          <Button
            size="s"
            variant="ghost"
            icon={<ChartSpline />}
            aria-expanded={whatIf}
            onClick={() => onWhatIf(!whatIf)}
          >
            What if
          </Button>
        </>
      }
    >
      <div className={css.pane}>
        <Timeline
          rounds={rounds}
          selected={round}
          onSelect={onSelect}
          range={range}
          onRange={(next) => setBrushed(next === null ? null : { run: view.summary.id, range: next })}
          valueText={round === null ? '' : sentenceOf(view, round, null)}
          zoomed={parseZoom(zoom)}
          onZoomed={(part) => change({ zoom: part === null ? undefined : zoomText(part) })}
          hoverText={(index) => <RoundFacts view={view} index={index} />}
        />
      </div>
    </Panel>
  );
}

function rangeWords(rounds: ReturnType<typeof timelineRounds>, [from, to]: Range): string {
  const t = rangeTotals(rounds, from, to);
  const accepted =
    t.drafted === 0
      ? 'nothing drafted'
      : `${t.accepted}/${t.drafted} accepted (${formatPercent(t.accepted / t.drafted)})`;
  return [
    `rounds ${from}–${to - 1}`,
    plural(t.tokens, 'token'),
    `MAT ${formatFixed(t.rounds === 0 ? null : t.tokens / t.rounds, 2)}`,
    accepted,
    `${t.skipped} skipped`,
    `${formatMs(t.ms)}, draft ${formatPercent(t.ms === 0 ? null : t.draftMs / t.ms, 0)}, verify ${formatPercent(t.ms === 0 ? null : t.verifyMs / t.ms, 0)}`,
  ].join(' · ');
}
