#!/usr/bin/env node
import { main } from './sweep/main.js';

process.exit(await main(process.argv.slice(2))); // a sweep file may have left something open that would keep it
