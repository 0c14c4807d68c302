import type { AnyFunction } from '../target/target-ref.js';

/** What a target is called with. Of an overloaded function the last signature counts; a target without a signature takes anything. */
export type ArgsOf<F extends AnyFunction> = AnyFunction extends F ? readonly unknown[] : Readonly<Parameters<F>>;

/** What a target gives in the end: awaited, and of a generator what it returns. */
export type ValueOf<F extends AnyFunction> =
  ReturnType<F> extends Generator<unknown, infer R> | AsyncGenerator<unknown, infer R>
    ? Awaited<R>
    : Awaited<ReturnType<F>>;

/** Arguments may be left out only where the target takes none. */
export type ArgsAndOptions<F extends AnyFunction, Options> =
  [] extends ArgsOf<F> ? [args?: ArgsOf<F>, options?: Options] : [args: ArgsOf<F>, options?: Options];
