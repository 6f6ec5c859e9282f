export type { Host, ServedForm, ServedInbox, ServedPipeline, ServerOptions } from './host.ts'
export { type RunningServer, startServer } from './server.ts'
