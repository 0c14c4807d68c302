/** The file of a GPU. A UUID has no character that a name could not have; what was given by hand may have. */
export function fileNameOf(key: string, ending: string): string {
  return `${encodeURIComponent(key).replaceAll('*', '%2A').replace(/^\./, '%2E').slice(0, 200)}.${ending}`;
}
