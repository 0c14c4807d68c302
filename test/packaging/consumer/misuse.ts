import { PersistentThreadWorker, ThreadWorker } from 'pyworkers';
import { type Celsius, greeting, warmer } from './tasks.js';

// What the compiler has to refuse. It is compiled, and never run.
export function misuse(celsius: Celsius): void {
  // @ts-expect-error: the target takes arguments
  void new ThreadWorker(warmer);
  // @ts-expect-error: an argument is of the wrong type
  void new ThreadWorker(warmer, [celsius, '1']);
  // @ts-expect-error: an argument is missing
  void new PersistentThreadWorker(warmer).call(celsius);
  // @ts-expect-error: there is no such option
  void new ThreadWorker(greeting, [], { patience: 1 });
  // @ts-expect-error: the result is a string
  const result: number | undefined = new ThreadWorker(greeting).result;
  void result;
}
