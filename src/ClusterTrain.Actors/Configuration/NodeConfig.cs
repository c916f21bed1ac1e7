using Akka.Configuration;
using Akka.DistributedData;
using ClusterTrain.Actors.Logging;
using ClusterTrain.Actors.Sealing;
using ClusterTrain.Actors.Serialization;
using ClusterTrain.Cluster.Nodes;
using ClusterTrain.Cluster.Protocol;

namespace ClusterTrain.Actors.Configuration;

/// <summary>From a node's settings to what Akka reads. The user's own file goes before it.</summary>
internal static class NodeConfig
{
    /// <summary>Name of the actor system: all nodes of a cluster have the same.</summary>
    public const string System = "clustertrain";

    /// <param name="port">The port to listen on; null: what the settings say.</param>
    public static Config Of(NodeSettings settings, Config user, int? port = null) => user
        .WithFallback(ConfigurationFactory.ParseString(Text(settings, port ?? settings.RemotingPort)))
        .WithFallback(DistributedData.DefaultConfig())
        .WithFallback(ConfigurationFactory.Default());

    private static string Text(NodeSettings settings, int port) => $$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = [{{Quote(Short(typeof(AkkaLogActor)))}}]
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor {
            provider = cluster
            serializers {
              protocol = {{Quote(Short(typeof(ProtocolSerializer)))}}
              refusing = {{Quote(Short(typeof(RefusingSerializer)))}}
              json = {{Quote(Short(typeof(RefusingSerializer)))}}
              proto = {{Quote(Short(typeof(RefusingSerializer)))}}
              daemon-create = {{Quote(Short(typeof(RefusingSerializer)))}}
              akka-misc = {{Quote(Short(typeof(ClosedMiscSerializer)))}}
              akka-system-msg = {{Quote(Short(typeof(ClosedSystemSerializer)))}}
            }
            serialization-bindings {
              {{Quote(Short(typeof(IClusterMessage)))}} = protocol
              "System.Object" = refusing
            }
            serialization-settings.protocol { preserve-object-references = false, version-tolerance = true, disallow-unsafe-type = true }
          }
          remote {
            log-remote-lifecycle-events = off
            # Who comes back is to be found soon.
            retry-gate-closed-for = 1s
            untrusted-mode = on
            trusted-selection-paths = [{{string.Join(", ", NodePaths.All.Select(Quote))}}]
            {{(settings.Secret is null ? "" : $"adapters {{ {SealedTransport.Scheme} = {Quote(Spaceless(typeof(SealedTransportProvider)))} }}")}}
            dot-netty.tcp {
              hostname = {{Quote(settings.Bind ?? settings.Host)}}
              public-hostname = {{Quote(settings.Host)}}
              port = {{port}}
              maximum-frame-size = 128000b
              applied-adapters = [{{(settings.Secret is null ? "" : Quote(SealedTransport.Scheme))}}]
              connection-timeout = 3s
              # Else a second process on the same port takes every other connection of the first one.
              tcp-reuse-addr = off
              {{Tls(settings.Tls)}}
            }
          }
          cluster {
            roles = [{{string.Join(", ", settings.Roles.Select(Quote))}}]
            # MembershipRule asks the seeds.
            seed-nodes = []
            healing { look = 1s, without-server = 10s, found-after = 3s }
            failure-detector { heartbeat-interval = 500ms, acceptable-heartbeat-pause = 3s }
            unreachable-nodes-reaper-interval = 500ms
            # Who comes, goes and takes over is agreed upon in several rounds of these.
            gossip-interval = 250ms
            leader-actions-interval = 250ms
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            # Nodes that die one after the other are no reason for the rest to give up: what two servers could do to each other,
            # the run's claim and its incarnations prevent.
            split-brain-resolver { active-strategy = keep-majority, stable-after = 4s, down-all-when-unstable = off }
            down-removal-margin = 2s
            run-coordinated-shutdown-when-down = on
            shutdown-after-unsuccessful-join-seed-nodes = off
            singleton { hand-over-retry-interval = 1s }
            # What servers agree upon. A message has at most so many entries, of some hundreds of bytes: far below the longest frame.
            distributed-data { role = "server", gossip-interval = 500ms, notify-subscribers-interval = 100ms, max-delta-elements = 50 }
          }
          # Nothing here is timed more finely; with the 10 ms that are Akka's default, a node with nothing to do takes 4% of a core, with
          # this 1%.
          scheduler.tick-duration = 50ms
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
            phases {
              before-service-unbind.timeout = 60s
              cluster-exiting.timeout = 60s
            }
          }
        }
        """;

    public static string SeedAddress(NodeSettings settings, string seed) =>
        $"akka.{(settings.Secret is null ? "" : SealedTransport.Scheme + ".")}{(settings.Tls is null ? "tcp" : "ssl.tcp")}://{System}@{seed}";

    private static string Tls(TlsSettings? tls) => tls is null ? "" : $$"""
        enable-ssl = on
        ssl {
          suppress-validation = off
          require-mutual-authentication = true
          certificate { path = {{Quote(tls.Certificate)}}, password = {{Quote(tls.Password)}} }
        }
        """;

    private static string Short(Type type) => $"{type.FullName}, {type.Assembly.GetName().Name}";

    // Akka reads the names of adapters with the quotes that HOCON's writer puts around what has spaces.
    private static string Spaceless(Type type) => Short(type).Replace(" ", "", StringComparison.Ordinal);

    private static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
