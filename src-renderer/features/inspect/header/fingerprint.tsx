import { Fingerprint as Icon } from 'lucide-react';
import { captureLabel } from '#shared/domain/capture.ts';
import { gateLabel } from '#shared/domain/gate.ts';
import { methodLabel } from '#shared/domain/method.ts';
import type { Placement, RunSummary } from '#shared/domain/run.ts';
import { Button } from '../../../ui/button.tsx';
import { formatDateTime } from '../../../ui/format.ts';
import { Popover } from '../../../ui/popover.tsx';
import { shortSampling } from '../setup/labels.ts';
import { probability } from '../words/numbers.ts';
import css from './header.module.css';

/** Rows of the popover: what the run was made with and on. */
function rows(summary: RunSummary): readonly (readonly [string, string])[] {
  const { spec, fingerprint: f } = summary;
  const own = [
    ['Run', summary.id],
    ['Started', formatDateTime(summary.createdAt)],
    ['Sample', `${spec.dataSetId} / ${spec.sampleId}`],
    ['Method', methodLabel(spec.method)],
    ['Gate', gateLabel(spec.gate, probability)],
    ['Sampling', shortSampling(spec.sampling)],
    ['Capture', captureLabel(spec.capture)],
    ['System prompt', spec.systemPrompt ?? "the model's own"],
  ] as const;
  if (f === null) return own;
  return [
    ...own,
    ['Device', `${f.device} (${f.variant})`],
    ['Layers on the GPU', String(f.gpuLayers)],
    ['Threads', String(f.threads)],
    ['Context, KV', `${f.contextSize}, ${f.kvType.toUpperCase()}`],
    ...(f.draft === null ? [] : ([['Draft', draftPlacement(f.draft)]] as const)),
    ['llama.cpp', f.llamaRelease],
    ['Specula, Node', `${f.specula}, ${f.node}`],
    ['Machine', `${f.cpu}, ${f.os}`],
  ];
}

function draftPlacement(d: Placement): string {
  const kv = `context ${d.contextSize}, KV ${d.kvType.toUpperCase()}`;
  return `${d.device}, ${d.gpuLayers} layers on the GPU, ${d.threads} threads, ${kv}`;
}

/** Hardware, software and models of a run, with hashes, in a popover. */
export function FingerprintButton({ summary }: { readonly summary: RunSummary }) {
  const f = summary.fingerprint;
  return (
    <Popover
      title="What this run was made with"
      align="end"
      trigger={
        <Button size="s" variant="ghost" icon={<Icon />}>
          {f === null ? 'Made with' : f.device}
        </Button>
      }
    >
      <dl className={css.rows}>
        {rows(summary).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {f?.models.map((model) => (
          <div key={model.role}>
            <dt>{model.role}</dt>
            <dd>
              {model.name}
              <code>{model.sha256}</code>
            </dd>
          </div>
        ))}
      </dl>
      {f === null && (
        <p className={css.absent}>The models were not loaded yet, so there is no fingerprint.</p>
      )}
    </Popover>
  );
}
