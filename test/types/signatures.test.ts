import {
  type ArgsOf,
  type Outcome,
  PersistentProcessWorker,
  PersistentWorker,
  ProcessWorker,
  ThreadWorker,
  target,
  type ValueOf,
  Worker,
} from 'pyworkers';
import { context } from 'pyworkers/context';

/*
 * What is said here is said to the compiler: a line that is to be refused is marked as such, and a type that is not the
 * one that is claimed does not compile. Nothing of it runs.
 */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function claim<_IsSo extends true>(): void {}

declare function square(x: number): number;
declare function later(name: string, times?: number): Promise<string>;
declare function nothing(): void;
declare function optional(x?: number): number;
declare function many(...xs: number[]): number[];
declare function steps(n: number): Generator<string, boolean>;
declare function stepsLater(n: number): AsyncGenerator<string, Promise<boolean>>;
declare function overloaded(x: string): string;
declare function overloaded(x: number): number;
declare function generic<T>(x: T): T;
declare function fixed(pair: readonly [number, string]): number;

export function argumentsAreTyped(): void {
  new ThreadWorker(square, [3]);
  new ThreadWorker(later, ['a']);
  new ThreadWorker(later, ['a', 2], { name: 'n' });
  new Worker('process', square, [3] as const);
  new ThreadWorker(fixed, [[1, 'a']]);
  // @ts-expect-error a string is no number
  new ThreadWorker(square, ['x']);
  // @ts-expect-error too many
  new ProcessWorker(square, [1, 2]);
  // @ts-expect-error too few
  new ProcessWorker(later, []);
  // @ts-expect-error they are an array
  new ProcessWorker(square, 3);
  // @ts-expect-error no such kind
  new Worker('coroutine', square, [3]);
  // @ts-expect-error no such option
  new ThreadWorker(square, [3], { timeout: 3 });
}

export function argumentsMayBeLeftOutOnlyWhereTheTargetTakesNone(): void {
  new ThreadWorker(nothing);
  new ThreadWorker(optional);
  new ThreadWorker(many);
  new ThreadWorker(many, [1, 2, 3]);
  new ThreadWorker(nothing, [], { name: 'n' });
  new ThreadWorker(undefined);
  new ThreadWorker(new URL('file:///module.js'));
  new ThreadWorker('./module.js', [1, 'anything']);
  // @ts-expect-error it takes a number
  new ThreadWorker(square);
  // @ts-expect-error it takes a string
  void Worker.create('thread', later);
  // @ts-expect-error options do not stand in the place of arguments
  new ThreadWorker(nothing, { name: 'n' });
}

export async function resultsAreTyped(): Promise<void> {
  const one = new ThreadWorker(square, [3]);
  const value = await one.value();
  claim<Same<typeof value, number>>();
  const { result } = one;
  claim<Same<typeof result, number | undefined>>();
  const outcome = await one.outcome();
  claim<Same<typeof outcome, Outcome<number>>>();
  if (outcome.type === 'returned') claim<Same<typeof outcome.value, number>>();
  if (outcome.type === 'threw') claim<Same<typeof outcome.error, unknown>>();
  const created = await Worker.create('thread', later, ['a']);
  const text = await created.value();
  claim<Same<typeof text, string>>();
}

export function resultsAreWhatIsThereInTheEnd(): void {
  claim<Same<ValueOf<typeof later>, string>>();
  claim<Same<ValueOf<typeof steps>, boolean>>();
  claim<Same<ValueOf<typeof stepsLater>, boolean>>();
  claim<Same<ValueOf<typeof nothing>, void>>();
  claim<Same<ValueOf<typeof overloaded>, number>>();
  claim<Same<ArgsOf<typeof overloaded>, readonly [x: number]>>();
  claim<Same<ArgsOf<typeof later>, Readonly<Parameters<typeof later>>>>();
  claim<Same<ValueOf<typeof generic>, unknown>>();
}

export async function callsAreTyped(): Promise<void> {
  const worker = new PersistentProcessWorker(later);
  worker.enqueue('a');
  worker.enqueue('a', 2);
  const value = await worker.with({ timeoutMs: 1 }).call('a');
  claim<Same<typeof value, string>>();
  for await (const result of worker.resultsIter()) claim<Same<typeof result, string>>();
  for await (const outcome of worker.outcomesIter()) claim<Same<typeof outcome, Outcome<string>>>();
  const next = await worker.nextResult();
  claim<Same<typeof next, string>>();
  const { result } = worker;
  claim<Same<typeof result, number | undefined>>();
  // @ts-expect-error a number is no string
  worker.enqueue(3);
  // @ts-expect-error it takes a string
  await worker.call();
  // @ts-expect-error an option of workers, not of calls
  worker.with({ name: 'n' });
}

export async function namedTargetsAreTyped(): Promise<void> {
  const worker = new PersistentWorker('thread', target<typeof square>(import.meta.url, 'square'));
  const value = await worker.call(3);
  claim<Same<typeof value, number>>();
  const other = await new ThreadWorker(target<typeof later>('./module.js', 'later'), ['a']).value();
  claim<Same<typeof other, string>>();
  const unknown = await new ThreadWorker(target('./module.js', 'anything'), [1, 'a']).value();
  claim<Same<typeof unknown, unknown>>();
  // @ts-expect-error a string is no number
  await worker.call('x');
  // @ts-expect-error it takes a number
  new ThreadWorker(target<typeof square>(import.meta.url, 'square'));
}

export function theContextIsTypedByItsCaller(): void {
  claim<Same<ReturnType<typeof context>['state'], unknown>>();
  const { state } = context<{ n: number }>();
  claim<Same<typeof state, { n: number }>>();
}
