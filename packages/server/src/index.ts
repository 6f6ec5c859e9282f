export type { Host, ServedPipeline, ServerOptions } from './host.ts'
export { type RunningServer, startServer } from './server.ts'
