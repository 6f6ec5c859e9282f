export { type ParsedSchedule, parseSchedule, type Schedule } from './schedule.ts'
export { type Due, Timetable } from './timetable.ts'
