/** Tasks that lie together and wait for whoever holds the batch: from one position up to another, taken from the front. */
export interface Batch {
  from: number;
  to: number;
}

/** A batch that workers may take up: so many of them, who then share it. */
export interface Share {
  readonly batch: Batch;
  takers: number;
}
