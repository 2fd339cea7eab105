/**
 * Every command of the window is an action: buttons, shortcuts and the shortcut list read the same objects.
 * A screen registers its actions while it is mounted; of two active ones with the same keys the later one wins.
 */
export interface Action {
  /** e.g. "inspect.next-round" */
  readonly id: string;
  readonly label: string;
  /** heading in the list of shortcuts, e.g. "Go to" */
  readonly group: string;
  /** shortcuts in tinykeys' notation: "g s", "Shift+?", "$mod+Enter" */
  readonly keys: readonly string[];
  /** whether it can run now; left out: always */
  readonly when?: () => boolean;
  readonly run: () => void;
}

type Listener = () => void;

export class ActionRegistry {
  #actions: readonly Action[] = [];
  readonly #listeners = new Set<Listener>();

  /** Returns a function that takes exactly these actions out again. */
  register(actions: readonly Action[]): () => void {
    this.#set([...this.#actions, ...actions]);
    return () => this.#set(this.#actions.filter((action) => !actions.includes(action)));
  }

  /** All registered actions, oldest first; the same array until something changes. */
  readonly list = (): readonly Action[] => this.#actions;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The action that `keys` starts now, if any. */
  find(keys: string): Action | undefined {
    return this.#actions.findLast((action) => action.keys.includes(keys) && isActive(action));
  }

  #set(actions: readonly Action[]): void {
    this.#actions = actions;
    for (const listener of this.#listeners) listener();
  }
}

export function isActive(action: Action): boolean {
  return action.when?.() ?? true;
}

/** The window's one registry. */
export const actionRegistry = new ActionRegistry();

/** Actions by heading, in the order in which headings first appear; hidden are those that have no keys. */
export function groupActions(actions: readonly Action[]): ReadonlyMap<string, readonly Action[]> {
  return Map.groupBy(
    actions.filter((action) => action.keys.length > 0),
    (action) => action.group,
  );
}
