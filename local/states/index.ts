export { DefinitionError } from './definition.ts';
export { type ExecutionStore, StepFunctions, type StepFunctionsOptions } from './engine.ts';
export type { ExecutionRecord } from './execution.ts';
export type {
  ExecutionDescription,
  ExecutionStatus,
  HistoryEvent,
  StateMachineDescription,
  StateMachineInput,
  StateMachineType,
  StepFunctionsObserver,
  Transition,
} from './model.ts';
export { type StatesRequest, statesWire } from './wire.ts';
