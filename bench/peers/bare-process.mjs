process.on('message', (value) => process.send(value));
process.send('ready');
