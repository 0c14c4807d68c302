/** Where a worker works. A task that goes elsewhere, by `process.chdir()`, takes none of the others along. */
export class HomeFolder {
  readonly #path = currentFolder();

  goBack(): void {
    if (this.#path !== undefined && currentFolder() !== this.#path) process.chdir(this.#path);
  }
}

/** `undefined` where it was removed meanwhile. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}
