/** Where in its life a worker is. */
export type WorkerState = 'starting' | 'running' | 'closing' | 'terminating' | 'ended';

const transitions: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  starting: ['running', 'closing', 'terminating', 'ended'],
  running: ['closing', 'terminating', 'ended'],
  closing: ['terminating', 'ended'],
  terminating: ['ended'],
  ended: ['starting'], // restart
};

/** The one place where a worker's state changes. A step that the table does not have is left out: the state stays. */
export class Lifecycle {
  #state: WorkerState = 'ended';
  readonly #onChange: (state: WorkerState) => void;

  constructor(onChange: (state: WorkerState) => void) {
    this.#onChange = onChange;
  }

  get state(): WorkerState {
    return this.#state;
  }

  enter(state: WorkerState): void {
    if (!transitions[this.#state].includes(state)) return;
    this.#state = state;
    this.#onChange(state);
  }
}
