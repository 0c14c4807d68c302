/** All that a target's module needs. It is light, since every worker that runs such a target loads it. */
export { type ClassOf, registerType } from './codec/registry.js';
export { type Context, context } from './host/context.js';
export { isMain } from './target/is-main.js';
