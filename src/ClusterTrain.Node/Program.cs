using ClusterTrain.Node.Cli;

return CommandLine.Run(args);
