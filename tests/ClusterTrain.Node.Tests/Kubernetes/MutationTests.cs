using System.Text.RegularExpressions;

namespace ClusterTrain.Node.Tests.Kubernetes;

/// <summary>The checks find what they are for: rendered manifests with one thing broken have that problem, what follows of it, and no other.</summary>
public sealed class MutationTests
{
    /// <summary>One thing broken, and what must be said of it.</summary>
    public static TheoryData<string, string, string[]> Mutations => new()
    {
        { "  replicas: 2", "  replicsa: 2", ["spec.replicsa: no such field; did you mean 'replicas'?"] },
        { "readOnlyRootFilesystem: true", "readOnlyRootFileSystem: true", ["no such field; did you mean 'readOnlyRootFilesystem'?", "securityContext.readOnlyRootFilesystem must be true"] },
        { "publishNotReadyAddresses: true", "publishNotReadyAddress: true", ["no such field; did you mean 'publishNotReadyAddresses'?", "spec.publishNotReadyAddresses must be true"] },
        { "failureThreshold: 60", "failureTreshold: 60", ["startupProbe.failureTreshold: no such field"] },
        { "averageValue: \"1\"", "avarageValue: \"1\"", ["avarageValue: no such field"] },
        { "    matchLabels:\n      app.kubernetes.io/component: trainer", "    matchLabels:\n      app.kubernetes.io/component: trainers", ["matches the labels of no pod"] },
        { "  selector:\n    app.kubernetes.io/component: server", "  selector:\n    app.kubernetes.io/component: servers", ["Service/clustertrain: spec.selector matches the labels of no pod", "Service/clustertrain: targetPort plane is no port of its pods"] },
        { "targetPort: plane", "targetPort: plain", ["targetPort plain is no port of its pods"] },
        { "port: 4053\n    targetPort: remoting", "port: 4054\n    targetPort: remoting", ["Service/clustertrain-server: port 4054 leads to 4053"] },
        { "containerPort: 4080", "containerPort: 4081", ["port plane is not the 4080 that plane-port says"] },
        { "path: /health/ready", "path: /healthz/ready", ["readinessProbe asks for /healthz/ready; the program has /health/ready"] },
        { "path: /health/live\n            port: plane", "path: /health/live\n            port: remoting", ["asks port remoting; plane is the one that answers"] },
        { "name: CLUSTERTRAIN_ROLES", "name: CLUSTERTRAIN_ROLE", ["the program reads no variable CLUSTERTRAIN_ROLE; did you mean 'CLUSTERTRAIN_ROLES'?", "CLUSTERTRAIN_ROLES must be given"] },
        { "      remoting-port = 4053", "      remoting-prot = 4053", ["there is no key remoting-prot; did you mean 'remoting-port'?", "that remoting-port says", "has another port than remoting-port", "reach each other at port"] },
        { "      plane-port = 4080", "      plane-port = 4090", ["port plane is not the 4090 that plane-port says", "reach each other at port 4090"] },
        { "clustertrain-server-1.clustertrain-server:4053", "clustertrain-sever-1.clustertrain-server:4053", ["is no pod of a stateful set"] },
        { "clustertrain-server-1.clustertrain-server:4053", "clustertrain-server-1.clustertrain-server:4052", ["has another port than remoting-port"] },
        { "      runs = \"/runs\"", "      runs = \"/run\"", ["volume runs is mounted at /runs; runs says /run"] },
        { "serviceAccountName: clustertrain", "serviceAccountName: clustertrian", ["there is no service account clustertrian"] },
        { "        name: config\n", "        name: conifg\n", ["names volume conifg, which is not there", "volume config is mounted nowhere", "which no config map brings"] },
        { "claimName: clustertrain-data", "claimName: clustertrain-date", ["there is no claim clustertrain-date"] },
        { "name: clustertrain_demand", "name: clustertrain_demands", ["the metric must be clustertrain_demand"] },
        { "path: /metrics", "path: /metric", ["path must be /metrics"] },
        { "key: tls.key", "key: tls.kay", ["there is no secret clustertrain-metrics/tls.kay"] },
        { "cidr: 169.254.20.10/32", "cidr: 0.0.0.0/0", ["which are nobody's"] },
        { "          limits:\n            cpu: \"2\"\n", "          limits:\n", ["resources.limits.cpu must be set"] },
        { "        - name: CLUSTERTRAIN_SECRET_FILE\n          value: /etc/clustertrain-secret/secret\n", "", ["CLUSTERTRAIN_SECRET_FILE must be given"] },
        { "secretName: clustertrain-tls", "secretName: clustertrain-tsl", ["there is no secret clustertrain-tsl"] },
        { "key: password", "key: passwort", ["there is no secret clustertrain-tls-password/passwort"] },
        { "name: clustertrain-config-", "name: clustertrain-konfig-", ["there is no config map"] },
        { "/etc/clustertrain/kubernetes.conf", "/etc/clustertrain/kubernetes.config", ["which no config map brings"] },
        { "value: /etc/clustertrain-tls/node.pfx", "value: /etc/clustertrain-tsl/node.pfx", ["where nothing is mounted"] },
        { "serviceName: clustertrain-server", "serviceName: clustertrain-servers", ["there is no service clustertrain-servers", "is no pod of a stateful set", "CLUSTERTRAIN_HOST must be $(POD_NAME).clustertrain-servers"] },
        { "podManagementPolicy: Parallel", "podManagementPolicy: OrderedReady", ["podManagementPolicy must be Parallel"] },
        { "terminationGracePeriodSeconds: 150", "terminationGracePeriodSeconds: 30", ["terminationGracePeriodSeconds must be 120 or more"] },
        { "runAsNonRoot: true", "runAsNonRoot: false", ["runAsNonRoot must be true"] },
        { "          valueFrom:\n            secretKeyRef:\n              key: password\n              name: clustertrain-tls-password", "          value: hunter2", ["CLUSTERTRAIN_CERTIFICATE_PASSWORD is written down"] },
        { "scheme: HTTPS", "scheme: HTTP", ["livenessProbe must speak HTTPS"] },
        { "        - name: CLUSTERTRAIN_CERTIFICATE\n          value: /etc/clustertrain-tls/node.pfx\n", "", ["either certificates or CLUSTERTRAIN_ALLOW_PLAINTEXT must be given", "Probe must speak HTTPS exactly where there are certificates"] },
        { "          readOnly: true", "          readOnly: \"true\"", ["readOnly: true or false is wanted"] },
        { "replicas: 1", "replicas: one", ["Deployment/clustertrain-adversary.spec.replicas: a whole number is wanted"] },
        { "value: /etc/clustertrain-tls/ca.crt", "value: 8", ["env[8].value: a value in quotes is wanted"] },
        { "value: /etc/clustertrain-tls/node.pfx", "value: /etc/clustertrain-tls/node.pfz", ["secret clustertrain-tls has node.pfx, ca.crt"] },
        { "value: server", "value: sever", ["CLUSTERTRAIN_ROLES: there is no role sever; did you mean 'server'?"] },
        { "value: $(POD_NAME).clustertrain-server", "value: $(POD_NAME).clustertrain", ["CLUSTERTRAIN_HOST must be $(POD_NAME).clustertrain-server, and is $(POD_NAME).clustertrain"] },
        { "value: $(POD_IP)", "value: $(POD_IPS)", ["CLUSTERTRAIN_HOST must be $(POD_IP)", "CLUSTERTRAIN_HOST uses POD_IPS, which is not defined before it"] },
        { "fieldPath: status.podIP", "fieldPath: status.podIp", ["POD_IP must be field status.podIP, and is field status.podIp"] },
        { "resource: requests.cpu", "resource: requests.cpus", ["CLUSTERTRAIN_WORKERS must be resource requests.cpu"] },
        { "enableServiceLinks: false", "enableServiceLinks: true", ["enableServiceLinks must be false"] },
        { "        - name: SSL_CERT_FILE\n          value: /etc/clustertrain-tls/ca.crt\n", "", ["SSL_CERT_FILE must be given where there are certificates"] },
        { "name: CLUSTERTRAIN_CA\n", "name: CLUSTERTRAIN_HOST\n", ["CLUSTERTRAIN_HOST is given twice", "CLUSTERTRAIN_CA must be given where there are certificates"] },
        { "      seeds = [\"clustertrain-server-0", "      seeds = [\"clustertrain-server-1", ["must be pod 0, which is always there"] },
        { "      seeds = [", "      # seeds = [", ["there are no seeds"] },
        { "    - podSelector:\n        matchLabels:\n          app.kubernetes.io/name: clustertrain\n", "    - podSelector:\n        matchLabels:\n          app.kubernetes.io/name: clustertrian\n", ["names pods app.kubernetes.io/name=clustertrian, which are nobody's", "does not let nodes reach each other at port"] },
        { "clustertrain-user: \"true\"", "clustertrain-users: \"true\"", ["which are nobody's"] },
        { "    - port: 53\n      protocol: UDP", "    - port: 54\n      protocol: UDP", ["names cannot be looked up by UDP"] },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void Problems_OneThingBroken_IsNamedAndNothingElse(string piece, string other, string[] said)
    {
        var rendered = RenderedOverlay.Of("production");
        Assert.Contains(piece, rendered, StringComparison.Ordinal);
        var first = new Regex(Regex.Escape(piece), RegexOptions.None, TimeSpan.FromSeconds(5));

        var problems = ManifestChecks.Problems(Yaml.Documents(first.Replace(rendered, _ => other, 1)));

        Assert.All(said, words => Assert.Contains(problems, problem => problem.Contains(words, StringComparison.Ordinal)));
        Assert.All(problems, problem => Assert.Contains(said, words => problem.Contains(words, StringComparison.Ordinal)));
    }
}
