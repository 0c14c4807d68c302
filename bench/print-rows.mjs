const [, , section] = process.argv;
const { default: rows } = await import(section);
console.log(JSON.stringify(rows));
process.exit();
