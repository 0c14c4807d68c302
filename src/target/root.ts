import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TargetRef } from './target-ref.js';

const SCHEME = 'root:';
/** A module of this package, which every server has at a place of its own. */
const OWN_SCHEME = 'own:';
const OWN_FOLDER = new URL('../', import.meta.url).href; // also from within a bundled host, which lies as deep

/** In a remote host's environment: the folder in which modules are looked up. */
export const ROOT_VARIABLE = 'PYW_ROOT';

/**
 * Names a module by its place within the caller's package, since another host has that package elsewhere. Without a
 * `root`, that is the folder of the nearest package.json, outside of node_modules. What lies in no package is looked
 * for at its own path.
 */
export function relativeToRoot(ref: TargetRef, root: string | undefined): TargetRef {
  if (ref.type !== 'source') return { ...ref, url: inRoot(ref.url, root) };
  return ref.place ? { ...ref, place: { ...ref.place, url: inRoot(ref.place.url, root) } } : ref;
}

/** The same in a host: the module as it lies within this host's root. */
export function onThisHost(ref: TargetRef): TargetRef {
  if (ref.type !== 'source') return { ...ref, url: fromRoot(ref.url) };
  return ref.place ? { ...ref, place: { ...ref.place, url: fromRoot(ref.place.url) } } : ref;
}

/** What an error on a server should add. */
export function rootAdvice(): string {
  const root = process.env[ROOT_VARIABLE];
  if (root === undefined) return '';
  return `\nModules are looked up in ${root} on ${hostname()}: start the server with another --root, or set the option "root" to the folder on the caller's side that it stands for.`;
}

function fromRoot(url: string): string {
  if (url.startsWith(OWN_SCHEME)) return OWN_FOLDER + url.slice(OWN_SCHEME.length);
  if (!url.startsWith(SCHEME)) return url;
  const root = process.env[ROOT_VARIABLE] ?? process.cwd();
  return pathToFileURL(join(root, decodeURIComponent(url.slice(SCHEME.length)))).href;
}

function inRoot(url: string, root: string | undefined): string {
  if (!url.startsWith('file:')) return url;
  if (url.startsWith(OWN_FOLDER)) return OWN_SCHEME + url.slice(OWN_FOLDER.length);
  const file = fileURLToPath(url);
  const from = root ?? packageRoot(file);
  const path = from === undefined ? undefined : relative(from, file);
  if (path === undefined || path.startsWith('..')) return url;
  return SCHEME + encodeURIComponent(path.split(sep).join('/'));
}

function packageRoot(file: string): string | undefined {
  const [own = file] = file.split(`${sep}node_modules${sep}`);
  for (let folder = own === file ? dirname(file) : own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
