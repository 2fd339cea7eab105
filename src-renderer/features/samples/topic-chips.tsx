import { Chip } from '../../ui/chip.tsx';
import { ChipRow } from '../../ui/chip-row.tsx';
import type { TopicCount } from './filter.ts';

interface TopicChipsProps {
  readonly topics: readonly TopicCount[];
  readonly topic: string | undefined;
  readonly onChange: (topic: string | undefined) => void;
}

/** One filter per topic of the data set; pressing the chosen one again shows all topics. */
export function TopicChips({ topics, topic, onChange }: TopicChipsProps) {
  const total = topics.reduce((sum, { count }) => sum + count, 0);
  return (
    <ChipRow label="Topics">
      <Chip
        label="All topics"
        count={total}
        pressed={topic === undefined}
        onPress={() => onChange(undefined)}
      />
      {topics.map((item) => (
        <Chip
          key={item.topic}
          label={item.topic === '' ? 'no topic' : item.topic}
          count={item.count}
          pressed={item.topic === topic}
          onPress={() => onChange(item.topic === topic ? undefined : item.topic)}
        />
      ))}
    </ChipRow>
  );
}
