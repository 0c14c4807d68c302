import { OptionError } from '../base/errors.js';

/** A class, also one with a private constructor. */
export type ClassOf<T extends object> = { readonly prototype: T; readonly name: string };

/** How values of a class travel. Without `pack` and `unpack` an instance is its own enumerable properties. */
export interface RegisteredType {
  readonly name: string;
  readonly Class: ClassOf<object>;
  /** Whether it was told how to pack; otherwise its properties travel. */
  readonly hasPack: boolean;
  readonly pack: (value: object) => unknown;
  readonly unpack: (packed: unknown) => object;
}

interface Registry {
  readonly byPrototype: Map<unknown, RegisteredType>;
  readonly byName: Map<string, RegisteredType>;
}

// On the global object, so that a host bundled apart and a second copy of this package share it.
const registryKey = Symbol.for('pyworkers.types');
const globals = globalThis as { [registryKey]?: Registry };
globals[registryKey] ??= { byPrototype: new Map(), byName: new Map() };
const registry: Registry = globals[registryKey];

/**
 * Teaches the codec a class, for every kind of worker alike. Call it in a module that both sides import
 * (the target's own module, usually). `pack` gives any sendable value, `unpack` makes an instance of it.
 */
export function registerType<T extends object, P = Record<string, unknown>>(
  Class: ClassOf<T>,
  options: { name?: string; pack?: (value: T) => P; unpack?: (packed: P) => T } = {},
): void {
  if (typeof (Class as unknown) !== 'function')
    throw new OptionError(`registerType() takes a class, not ${typeof Class}.`);
  const name = options.name ?? Class.name;
  if (!name) throw new OptionError('registerType(): a class without a name needs the option "name".');
  if (Boolean(options.pack) !== Boolean(options.unpack)) {
    throw new OptionError(`registerType(${name}): give both "pack" and "unpack", or neither.`);
  }
  const known = registry.byName.get(name);
  if (known && known.Class !== Class && known.Class.toString() !== Class.toString()) {
    throw new OptionError(`registerType(): another class is registered as "${name}". Give one of them another name.`);
  }
  const type: RegisteredType = {
    name,
    Class,
    hasPack: options.pack !== undefined,
    pack: (value) => (options.pack ? options.pack(value as T) : { ...value }), // found by its class, so it is a T
    unpack: (packed) =>
      options.unpack ? options.unpack(packed as P) : Object.assign(Object.create(Class.prototype), packed),
  };
  registry.byPrototype.set(Class.prototype, type);
  registry.byName.set(name, type);
}

export function typeOf(value: object): RegisteredType | undefined {
  return registry.byPrototype.size === 0 ? undefined : registry.byPrototype.get(Object.getPrototypeOf(value));
}

export function typeOfPrototype(prototype: object): RegisteredType | undefined {
  return registry.byPrototype.get(prototype);
}

export function typeNamed(name: string): RegisteredType | undefined {
  return registry.byName.get(name);
}
