import { context, registerType } from 'pyworkers/context';

export class Celsius {
  readonly degrees: number;

  constructor(degrees: number) {
    this.degrees = degrees;
  }
}

registerType(Celsius);

export function warmer(from: Celsius, by: number): Celsius {
  return new Celsius(from.degrees + by);
}

export async function greeting(): Promise<string> {
  return `hello from ${context().kind}`;
}
