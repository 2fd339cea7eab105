import { TriangleAlert } from 'lucide-react';
import type { RunSummary } from '#shared/domain/run.ts';
import styles from './run-details.module.css';
import { runFacts } from './run-facts.ts';

/** The run under the cursor in full: why it ended early, and what it was made with. Keeps its height without one. */
export function RunDetails({ run }: { readonly run: RunSummary | undefined }) {
  return (
    <section aria-label="Run under the cursor" className={styles.details}>
      {run === undefined ? (
        <p className={styles.quiet}>Move the cursor onto a run to see what it was made with.</p>
      ) : (
        <>
          {run.reason !== null && (
            <p className={styles.reason} data-bad={run.status === 'failed' || run.status === 'crashed'}>
              <TriangleAlert aria-hidden="true" />
              {run.reason}
            </p>
          )}
          <dl className={styles.facts}>
            {runFacts(run).map((fact) => (
              <div key={fact.label} className={styles.fact}>
                <dt>{fact.label}</dt>
                <dd>{fact.value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
