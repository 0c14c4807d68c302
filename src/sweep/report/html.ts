import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { printable } from '../results/printable.js';
import type { ReportData } from './report-data.js';

/**
 * The page, with all it needs inside. Its policy lets run the one script that belongs to it, known by its digest, and
 * lets nothing be loaded: what is in the data cannot do anything, even if it came to be read as HTML.
 */
export async function reportHtml(data: ReportData): Promise<string> {
  const [script, style] = await Promise.all([part('page.js'), part('page.css')]);
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="pyworkers">
<link rel="icon" href="data:,">
<title>${escaped(printable(data.title))}</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This report draws itself with JavaScript, which is switched off here. Its numbers are in the page's source, as JSON.</p></noscript>
<main id="report"></main>
<script type="application/json" id="data">${inScript(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Made by the build, from `page/`. */
function part(name: string): Promise<string> {
  return readFile(new URL(name, import.meta.url), 'utf8');
}

/** JSON in which HTML finds no end tag and no comment, and in which JavaScript finds no line end. */
function inScript(data: ReportData): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
