/** Settings of FelixConfiguration for the daemon itself: logs, health, metrics, reports. */
import { list, object, optional, string } from "../schema/schema.ts";
import { choice, duration, flag, text, whole, word } from "./felix-configuration-fields.ts";

const SEVERITIES = ["Trace", "Debug", "Info", "Warning", "Error", "Fatal"];

export const daemonSettings = {
  debugDisableLogDropping: flag("Whether no line of its log is dropped, however busy it is"),
  debugHost: text("The address of its profiler"),
  debugMemoryProfilePath: text("Where profiles of its memory are written"),
  debugPort: whole("The port of its profiler"),
  debugSimulateCalcGraphHangAfter: duration("When it pretends to be stuck, for tests"),
  debugSimulateDataplaneApplyDelay: duration("How slow it pretends to be, for tests"),
  debugSimulateDataplaneHangAfter: duration("When its dataplane pretends to be stuck, for tests"),
  endpointReportingDelay: duration("How long a changed endpoint waits to be reported"),
  endpointReportingEnabled: flag("Whether the state of endpoints is reported"),
  endpointStatusPathPrefix: text("Where the state of endpoints is written for others to wait on"),
  featureDetectOverride: text("What the kernel can, against what was found: `name=true`, commas", {
    pattern: "^([a-zA-Z0-9_-]+=(true|false|),)*([a-zA-Z0-9_-]+=(true|false|))?$",
  }),
  featureGates: text("Features on trial: `name=value`, with commas", {
    pattern: "^([a-zA-Z0-9_-]+=([^=]+),)*([a-zA-Z0-9_-]+=([^=]+))?$",
  }),
  flowLogsCollectorDebugTrace: flag("Whether the collection of flow logs is logged"),
  flowLogsFlushInterval: duration("How often flow logs are sent"),
  flowLogsGoldmaneServer: text("Where flow logs are sent"),
  flowLogsLocalReporter: choice(["Disabled", "Enabled"], "Whether flow logs are offered locally"),
  flowLogsPolicyEvaluationMode: choice(
    ["None", "Continuous"],
    "Whether running connections are judged again for flow logs",
  ),
  goGCThreshold: whole("How often memory is collected, in percent"),
  goMaxProcs: whole("How many processors it uses"),
  goMemoryLimitMB: whole("How much memory it means to use"),
  healthEnabled: flag("Whether it tells of its health"),
  healthHost: text("The address at which it tells of its health"),
  healthPort: whole("The port at which it tells of its health"),
  healthTimeoutOverrides: optional(
    list(
      object({
        name: string({ description: "The part of the daemon." }),
        timeout: string({ description: "How long it may be silent, e.g. `90s`." }),
      }),
      {
        description:
          "When a part counts as stuck, by its name. Read and kept; Picket does nothing with it.",
      },
    ),
  ),
  logDebugFilenameRegex: text("The source files whose debug lines are written"),
  logFilePath: text("The log file"),
  logSeverityFile: word(SEVERITIES, "The least that goes to the log file"),
  logSeverityScreen: word(SEVERITIES, "The least that goes to standard output"),
  logSeveritySys: word(SEVERITIES, "The least that goes to syslog"),
  prometheusGoMetricsEnabled: flag("Whether the metrics tell of the Go runtime"),
  prometheusMetricsCAFile: text("The authority that signs clients of the metrics"),
  prometheusMetricsCertFile: text("The certificate of the metrics server"),
  prometheusMetricsClientAuth: choice(
    [
      "RequireAndVerifyClientCert",
      "RequireAnyClientCert",
      "VerifyClientCertIfGiven",
      "NoClientCert",
    ],
    "What clients of the metrics must show",
  ),
  prometheusMetricsEnabled: flag("Whether it offers metrics"),
  prometheusMetricsHost: text("The address of the metrics server"),
  prometheusMetricsKeyFile: text("The key of the metrics server"),
  prometheusMetricsPort: whole("The port of the metrics server"),
  prometheusProcessMetricsEnabled: flag("Whether the metrics tell of the daemon's own use"),
  prometheusWireGuardMetricsEnabled: flag("Whether the metrics tell of WireGuard"),
  reportingInterval: duration("How often it reports that it runs"),
  reportingTTL: duration("How long such a report is good for"),
  usageReportingEnabled: flag("Whether version and size of the cluster are reported to the makers"),
  usageReportingInitialDelay: duration("When the first such report is sent"),
  usageReportingInterval: duration("How often such reports are sent"),
} as const;
