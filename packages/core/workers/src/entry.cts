/**
 * What piscina loads with `require`. Where a thread is ended while Node requires an ES module, the whole process aborts
 * (`IsGraphAsync must be used on an instantiated module`); while it imports one, the thread alone ends.
 */
exports.run = import('./worker.ts').then((worker) => worker.run)
exports.run.catch(() => undefined)
