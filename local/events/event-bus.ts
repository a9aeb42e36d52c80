/** What EventBridge does with events: which match, what a target gets, and when schedules fire. */
export { compileFilter, type RecordFilter } from './event-filter.ts';
export {
  compilePattern,
  type EventMatcher,
  InvalidEventPatternError,
  matchesPattern,
  validatePattern,
} from './event-pattern.ts';
export {
  compileInputPath,
  compileInputTransformer,
  type InputTransformer,
  InvalidInputTransformerError,
  inputPath,
  inputTransformer,
  type RuleFacts,
} from './input-transformer.ts';
export { InvalidScheduleError, parseSchedule, type Schedule } from './schedule-expression.ts';
