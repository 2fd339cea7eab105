import type { CSSProperties } from 'react';
import type { SampleRow } from '#shared/contract/calls.ts';
import { Badge } from '../../ui/badge.tsx';
import { plural } from '../../ui/format.ts';
import styles from './sample-grid.module.css';
import { Thumbnail } from './thumbnail.tsx';

interface SampleCardProps {
  readonly id: string;
  readonly dataSetId: string;
  readonly row: SampleRow;
  readonly current: boolean;
  readonly position: { readonly index: number; readonly count: number };
  readonly style: CSSProperties;
  readonly onCursor: (sampleId: string) => void;
  readonly onOpen: (sampleId: string) => void;
}

/** Picture, id, first question. The list around it owns the keys and the focus. */
export function SampleCard(props: SampleCardProps) {
  const { id, dataSetId, row, current, position, style, onCursor, onOpen } = props;
  const { sample, runs } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys belong to the listbox, which names this by aria-activedescendant
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={current}
      aria-posinset={position.index + 1}
      aria-setsize={position.count}
      className={styles.card}
      style={style}
      onClick={() => onCursor(sample.id)}
      onDoubleClick={() => onOpen(sample.id)}
    >
      <div className={styles.image}>
        <Thumbnail dataSetId={dataSetId} sampleId={sample.id} />
      </div>
      <div className={styles.text}>
        <div className={styles.head}>
          <span className={styles.id}>{sample.id}</span>
          {runs > 0 && <Badge tone="accent">{plural(runs, 'run')}</Badge>}
        </div>
        <p className={styles.question} title={sample.turns.join('\n')}>
          {sample.turns[0]}
        </p>
        <div className={styles.foot}>
          <span>{sample.topic}</span>
          <span>{sample.turns.length > 1 ? plural(sample.turns.length, 'turn') : sample.category}</span>
        </div>
      </div>
    </div>
  );
}
