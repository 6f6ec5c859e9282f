export { ProgramStore } from './steps/program-store.ts'
export { dropProgramTables } from './steps/relations.ts'
