export type { Estimate } from './sweep/batch/estimate.js';
export { findSweepFile } from './sweep/config/find-sweep-file.js';
export { loadSweepFile } from './sweep/config/load-sweep-file.js';
export type { LoadOptions, SweepFile } from './sweep/config/sweep-file.js';
export { type Problem, SweepFileError } from './sweep/config/sweep-file-error.js';
export type { GivenDevice } from './sweep/gpu/given.js';
export type { GpuReference } from './sweep/gpu/reference.js';
export type { SlotEntry } from './sweep/gpu/slot-list.js';
export { map } from './sweep/map.js';
export type { GraphiteOptions } from './sweep/metrics/graphite-pusher.js';
export type { PrometheusOptions } from './sweep/metrics/prometheus-server.js';
export type { FolderForm } from './sweep/plan/folders.js';
export { Plan, type PlanOptions, type PlanSummary } from './sweep/plan/plan.js';
export type { PlanDimension, PlanSpace } from './sweep/plan/plan-space.js';
export type { Cut } from './sweep/plan/selection.js';
export type { ShardSpec } from './sweep/plan/shard.js';
export type { Choice, Point, Task } from './sweep/point.js';
export { type ReportOptions, writeReport } from './sweep/report/write-report.js';
export type { BestOptions, Objective } from './sweep/results/best.js';
export type { CsvOptions } from './sweep/results/csv.js';
export type { MetaName, SweepEntry, TableOptions } from './sweep/results/entry.js';
export { type ExamineOptions, examine } from './sweep/results/examine.js';
export type { Extract, Found, TaskLog } from './sweep/results/extract.js';
export type { Groups } from './sweep/results/groups.js';
export type { Missing, MissingReason, MissingTask } from './sweep/results/missing.js';
export type { Progress } from './sweep/results/progress.js';
export { SweepResults, type SweepResultsOptions } from './sweep/results/sweep-results.js';
export type { Column, ColumnKind, ColumnType, Row } from './sweep/results/table-data.js';
export type { TaskStats, WorkerUse } from './sweep/results/task-stats.js';
export type { TextTableOptions } from './sweep/results/text-table.js';
export type { Configuration } from './sweep/run/configuration.js';
export {
  ashaRule,
  type MetricGoal,
  medianRule,
  type StopIf,
  type StopRule,
  type Told,
} from './sweep/run/early-stop.js';
export type { GpuOptions } from './sweep/run/gpu-options.js';
export type { Resolved as ResolvedSpec } from './sweep/run/resolved.js';
export type { Search, Trial } from './sweep/run/search.js';
export type {
  Hooks,
  HostOptions,
  RunOptions,
  SuccessRule,
  SweepSpec,
  Versioned,
  WorkersOptions,
} from './sweep/run/spec.js';
export type { Resumed, SweepEvents } from './sweep/run/sweep-events.js';
export type { Counters } from './sweep/run/tally.js';
export type { GpuUse, WorkerState, WorkerStatus } from './sweep/run/worker-status.js';
export { Sourced, sourced } from './sweep/space/sourced.js';
export type {
  Condition,
  Constraint,
  Keeping,
  Labels,
  ListSpec,
  RangeSpec,
  RepeatsSpec,
  SampleSpec,
  SpaceSpec,
  UnionSpec,
  VariableOptions,
  VariableSpec,
  Written,
  WrittenParams,
  ZipMemberSpec,
  ZipSpec,
} from './sweep/space/space-spec.js';
export { type NextStage, stages } from './sweep/stages.js';
export type { EndedTask } from './sweep/stream-ends.js';
export { defineSweep, Sweep, type SweepSource, sweep } from './sweep/sweep.js';
export type { InputStream } from './sweep/view/keyboard.js';
export type { OutputStream } from './sweep/view/outlet.js';
export { type Stoppable, Stopper } from './sweep/view/stopper.js';
export { type Watch, type WatchOptions, watchSweep } from './sweep/view/watch-sweep.js';

export type { FunctionTask, TaskContext } from './task/function-work.js';
export type { OutputMode } from './task/order.js';
export type { CommandRecord, ErrorRecord, FailureClass, TaskEnd, TaskStatus } from './task/record.js';
export type { Percentiles } from './task/timings/percentiles.js';
export type { SketchRecord } from './task/timings/sketch.js';
export type { Timing } from './task/timings/timer.js';
export type { Timings } from './task/timings/timings.js';
export type { Params, Value } from './task/value.js';
