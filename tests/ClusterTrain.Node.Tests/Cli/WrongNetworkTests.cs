using ClusterTrain.Node.Cli;

namespace ClusterTrain.Node.Tests.Cli;

/// <summary>Networks that cannot be: <c>check</c> and <c>train</c> refuse each before anything starts, with its place and its cure.</summary>
public sealed class WrongNetworkTests : IDisposable
{
    private const string Stem = "{ type: conv2d, channels: 4, padding: same }, ";
    private const string Pooled = "{ type: globalAvgPool }, { type: dense, units: 3 }";
    private const string Flat = "{ type: flatten }, { type: dense, units: 3 }";
    private const string Norm = "{ type: batchNorm }";
    private const string Drop = "{ type: dropout, rate: 0.3 }";
    private const string Same4 = "{ type: conv2d, channels: 4, padding: same }";

    private readonly Shell _shell = new();

    public WrongNetworkTests() => IdxFiles.WriteColourFolder(_shell["data/mine"], 8, 6);

    public void Dispose() => _shell.Dispose();

    // What is behind the stem, over pictures of 3 x 8 x 6 in 3 classes.
    [Theory]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 6, padding: same }] }, " + Pooled,
        "network.layers[1]", "main makes 6 channels and the shortcut 4", "conv2d of kernel 1 with 6 channels")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 4, padding: same, stride: 2 }] }, " + Pooled,
        "network.layers[1]", "maps of 4 x 3 and the shortcut of 8 x 6", "stride of main")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 4 }] }, " + Pooled,
        "network.layers[1]", "maps of 6 x 4 and the shortcut of 8 x 6", "padding: same")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 6, padding: same, stride: 2 }], "
            + "shortcut: [{ type: conv2d, channels: 5, kernel: 1, stride: 2 }] }, " + Pooled,
        "network.layers[1]", "main makes 6 channels and the shortcut 5", "conv2d of kernel 1 with 6 channels")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 6, padding: same, stride: 2 }], "
            + "shortcut: [{ type: conv2d, channels: 6, kernel: 1 }] }, " + Pooled,
        "network.layers[1]", "maps of 4 x 3 and the shortcut of 8 x 6", "stride of main")]
    [InlineData(
        "{ type: residual, main: [" + Stem + "{ type: globalAvgPool }] }, " + Pooled,
        "network.layers[1]", "the shortcut makes maps and main features", "both with globalAvgPool")]
    [InlineData(
        "{ type: residual, main: [{ type: residual, main: [{ type: conv2d, channels: 5, padding: 1 }] }, " + Same4 + "] }, " + Pooled,
        "network.layers[1].main[0]", "main makes 5 channels and the shortcut 4", "conv2d of kernel 1 with 5 channels")]
    [InlineData(
        "{ type: residual, main: [" + Stem + Drop + "] }, " + Pooled,
        "network.layers[1]", "the dropout at the end of main would cut the sum", "before the last layer with weights")]
    [InlineData(
        "{ type: residual, main: [" + Stem + Drop + ", { type: relu }] }, " + Pooled,
        "network.layers[1]", "the dropout at the end of main would cut the sum", "behind the residual")]
    [InlineData(
        "{ type: residual, main: [" + Same4 + "], shortcut: [" + Stem + Drop + "] }, " + Pooled,
        "network.layers[1]", "the dropout at the end of shortcut would cut the sum", "behind the residual")]
    [InlineData(
        Drop + ", { type: residual, main: [" + Same4 + "] }, " + Pooled,
        "network.layers[2]", "the dropout before this residual would cut its sum", "between the layers of main")]
    [InlineData(
        "{ type: residual, main: [" + Drop + ", { type: residual, main: [" + Same4 + "] }, " + Same4 + "] }, " + Pooled,
        "network.layers[1].main[1]", "the dropout before this residual would cut its sum", "between the layers of main")]
    [InlineData("{ type: residual, main: [] }, " + Pooled, "network.layers[1]", "residual wants layers in main", "only doubles")]
    [InlineData(
        "{ type: residual, shortcut: [" + Same4 + "] }, " + Pooled,
        "network.layers[1].main", "is missing", "a list of layers such as")]
    [InlineData("{ type: residual, main: }, " + Pooled, "network.layers[1].main", "no value is given", "a list of layers such as")]
    [InlineData(
        "{ type: residual, main: " + Same4 + " }, " + Pooled,
        "network.layers[1].main", "a mapping is given", "a list of layers such as")]
    [InlineData(
        "{ type: residual, main: [" + Stem + "{ type: flatten }] }, " + Pooled,
        "network.layers[1]", "main ends with flatten", "behind the residual")]
    [InlineData(
        "{ type: flatten }, { type: residual, main: [{ type: dense, units: 4 }] }, { type: dense, units: 3 }",
        "network.layers[2]", "residual stands before flatten", "behind the first dense")]
    [InlineData(
        "{ type: globalAvgPool }, { type: residual, main: [{ type: dense, units: 6 }] }, { type: dense, units: 3 }",
        "network.layers[2]", "main makes 6 features and the shortcut 4", "dense of 6 units")]
    [InlineData(
        "{ type: globalAvgPool }, { type: residual, main: [{ type: dense, units: 4 }, { type: dropConnect }] }, { type: dense, units: 3 }",
        "network.layers[2]", "main ends with", "a dense layer, which must follow")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 0 }] }, " + Pooled,
        "network.layers[1].main[0].channels", "'0' is out of range", "1 to 4096 channels")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 4, kernel: 64 }] }, " + Pooled,
        "network.layers[1].main[0].kernel", "'64' is out of range", "1 to 63")]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 4, paddin: 1 }] }, " + Pooled,
        "network.layers[1].main[0].paddin", "unknown key", "'padding'")]
    [InlineData(
        "{ type: residual, main: [{ type: conv3d }] }, " + Pooled,
        "network.layers[1].main[0].type", "'conv3d' is no layer", "'conv2d'")]
    [InlineData(
        "{ type: residual, main: [{ type: resnet20 }] }, " + Pooled,
        "network.layers[1]", "the shortcut makes maps and main features", "end both with maps")]
    [InlineData(
        "{ type: conv2d, channels: 4, stride: 7 }, " + Pooled,
        "network.layers[1]", "a stride of 7, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData(
        "{ type: residual, main: [{ type: maxPool, size: 4 }, "
            + "{ type: conv2d, channels: 4, kernel: 1, stride: 2 }], shortcut: [{ type: conv2d, channels: 4, stride: 3 }] }, " + Pooled,
        "network.layers[1].main[1]", "a stride of 2, larger than the map of 2 x 1", "allowed here: 1 to 1")]
    [InlineData(
        "{ type: conv2d, channels: 4, kernel: 7 }, " + Pooled,
        "network.layers[1]", "a kernel of 7 x 7, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData(
        "{ type: conv2d, channels: 4, kernel: 9, padding: 1 }, " + Pooled,
        "network.layers[1]", "larger than the padded map of 10 x 8", "allowed here: 1 to 8")]
    [InlineData(
        "{ type: conv2d, channels: 4, kernel: 2, padding: same }, " + Pooled,
        "network.layers[1]", "padding: same wants an odd kernel", "2 is given")]
    [InlineData("{ type: conv2d, channels: 4, padding: -1 }, " + Pooled, "network.layers[1].padding", "'-1' is out of range", "0 to 31")]
    [InlineData(
        "{ type: conv2d, channels: 4, padding: valid }, " + Pooled,
        "network.layers[1].padding", "'valid' is given", "a whole number or same")]
    [InlineData("{ type: conv2d, channels: 4, stride: 0 }, " + Pooled, "network.layers[1].stride", "'0' is out of range", "1 to 63")]
    [InlineData(
        "{ type: maxPool, size: 7 }, " + Pooled,
        "network.layers[1]", "blocks of 7 x 7, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData(
        "{ type: avgPool, size: 7 }, " + Pooled,
        "network.layers[1]", "blocks of 7 x 7, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData(
        "{ type: maxPool, size: 2, stride: 9 }, " + Pooled,
        "network.layers[1]", "a stride of 9, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData(
        "{ type: avgPool, size: 2, stride: 9 }, " + Pooled,
        "network.layers[1]", "a stride of 9, larger than the map of 8 x 6", "allowed here: 1 to 6")]
    [InlineData("{ type: groupNorm, groups: 3 }, " + Pooled, "network.layers[1]", "3 groups do not divide 4 channels", "allowed: 1, 2, 4")]
    [InlineData(
        "{ type: residual, main: [{ type: groupNorm, groups: 3 }, " + Same4 + "] }, " + Pooled,
        "network.layers[1].main[0]", "3 groups do not divide 4 channels", "allowed: 1, 2, 4")]
    [InlineData("{ type: groupNorm }, " + Pooled, "network.layers[1].groups", "is missing", "1 to 4096 groups")]
    [InlineData(
        "{ type: globalAvgPool }, { type: groupNorm, groups: 4 }, { type: dense, units: 3 }",
        "network.layers[2]", "1 value in each", "use fewer groups")]
    [InlineData(
        "{ type: flatten }, { type: layerNorm }, { type: dense, units: 3 }",
        "network.layers[2]", "layerNorm stands before flatten", "normalizes channels")]
    [InlineData(
        "{ type: flatten }, { type: dense, units: 1 }, { type: layerNorm }, { type: dense, units: 3 }",
        "network.layers[3]", "1 value in each", "where there are more values")]
    [InlineData(Drop + ", " + Norm + ", " + Pooled, "network.layers[2]", "batchNorm stands before dropout", "not behind it")]
    [InlineData(Norm + ", " + Norm + ", " + Pooled, "network.layers[2]", "batchNorm follows batchNorm", "keep one")]
    [InlineData("{ type: batchNorm, epsilon: 0 }, " + Pooled, "network.layers[1].epsilon", "'0' is out of range", "above 0")]
    [InlineData(
        "{ type: normalize, mean: [0.5], deviation: [0.2] }, " + Pooled,
        "network.layers[1]", "normalize is the first layer", "scales what the data set holds")]
    [InlineData(
        "{ type: globalAvgPool }, { type: globalAvgPool }, { type: dense, units: 3 }",
        "network.layers[2]", "globalAvgPool reads maps, but here are features", "before dense")]
    [InlineData("{ type: flatten }, " + Flat, "network.layers[2]", "here are features already", "flatten follows maps")]
    [InlineData(
        "{ type: flatten }, { type: conv2d, channels: 3 }, " + Pooled,
        "network.layers[2]", "conv2d reads maps, but here are features", "before flatten and dense")]
    [InlineData(
        "{ type: flatten }, { type: avgPool }, " + Pooled,
        "network.layers[2]", "avgPool reads maps, but here are features", "before flatten and dense")]
    [InlineData(
        "{ type: dense, units: 3 }",
        "network.layers[1]", "dense reads features, but here are maps", "put flatten or globalAvgPool before it")]
    [InlineData(
        "{ type: globalAvgPool }, { type: dense, units: 3 }, { type: relu }",
        "network.layers[3]", "the last layer is dense", "relu is given")]
    [InlineData(
        "{ type: globalAvgPool }, { type: residual, main: [{ type: dense, units: 4 }] }",
        "network.layers[2]", "the last layer is dense", "residual is given")]
    [InlineData("{ type: globalAvgPool }", "network.layers[1]", "the last layer is dense", "globalAvgPool is given")]
    [InlineData(
        "{ type: globalAvgPool }, { type: dense, units: 4 }",
        "network.layers[2].units", "the last layer has 4 units", "3 classes")]
    [InlineData("{ type: resnet20, classes: 4 }", "network.layers[18].units", "the last layer has 4 units", "3 classes")]
    [InlineData("{ type: wideResNet, depth: 27 }", "network.layers[1]", "a depth of 6 n + 4", "27 is given")]
    [InlineData("{ type: wideResNet, depth: 16, rate: 0.9, classes: 3 }", "network.layers[1].rate", "'0.9' is out of range", "0 to 0.8")]
    public void CheckAndTrain_WrongNetwork_NamePlaceAndCure(string layers, string place, string wrong, string cure) =>
        Refused(Stem + layers, place + ": ", wrong, cure);

    // The first layer, and what reads the inputs.
    [Theory]
    [InlineData(
        "{ type: residual, main: [{ type: conv2d, channels: 6, padding: same }] }, " + Pooled,
        "network.layers[0]", "main makes 6 channels and the shortcut 3", "conv2d of kernel 1 with 6 channels")]
    [InlineData(
        "{ type: groupNorm, groups: 2 }, " + Stem + Pooled,
        "network.layers[0]", "2 groups do not divide 3 channels", "allowed: 1, 3")]
    [InlineData(
        "{ type: normalize, mean: [0.5, 0.5], deviation: [0.2] }, " + Stem + Pooled,
        "network.layers[0]", "normalize has 2 numbers for mean", "one number for all")]
    [InlineData(
        "{ type: normalize, mean: [0.5], deviation: [0] }, " + Stem + Pooled,
        "network.layers[0].deviation[0]", "'0' is out of range", "above 0")]
    [InlineData(
        "{ type: residual, main: [{ type: normalize, from: training }, { type: conv2d, channels: 3, padding: same }] }, " + Pooled,
        "network.layers[0].main[0]", "normalize is the first layer of the network", "what the data set holds")]
    [InlineData(
        Drop + ", { type: normalize }, " + Stem + Pooled,
        "network.layers[1]", "normalize is the first layer", "what the data set holds")]
    [InlineData(
        "{ type: dropConnect }, " + Stem + Pooled,
        "network.layers[1]", "dropConnect drops the weights of a dense layer", "must follow it directly")]
    [InlineData("", "network.layers", "there are no layers", "the last one is dense")]
    public void CheckAndTrain_WrongFirstLayer_NamePlaceAndCure(string layers, string place, string wrong, string cure) =>
        Refused(layers, place + ": ", wrong, cure);

    // One row a shard: a unit's values are the positions of its map.
    [Theory]
    [InlineData("{ type: flatten }, { type: dense, units: 4 }, " + Norm + ", { type: dense, units: 3 }", "network.layers[2]")]
    [InlineData(
        "{ type: conv2d, channels: 4, kernel: 6 }, { type: maxPool, size: 1, stride: 1 }, "
            + "{ type: conv2d, channels: 4, kernel: 1, padding: 0 }, { type: maxPool, size: 1 }, " + Stem + "{ type: globalAvgPool }, " + Norm
            + ", { type: dense, units: 3 }",
        "network.layers[6]")]
    [InlineData("{ type: conv2d, channels: 4, kernel: 5, padding: 0, stride: 4 }, " + Norm + ", " + Pooled, "network.layers[1]")]
    [InlineData(
        "{ type: conv2d, channels: 4, kernel: 5, stride: 4 }, { type: residual, main: [" + Norm
            + ", { type: conv2d, channels: 4, kernel: 1 }] }, " + Pooled,
        "network.layers[1].main[0]")]
    public void CheckAndTrain_BatchNormOverOneValue_NamePlaceAndCure(string layers, string place) => Refused(
        layers, place + ": ", "1 row with 1 value of a unit", "use fewer batch.shards", "--set", "batch.shards=20");

    [Theory]
    [InlineData("{ type: conv2d, channels: 4, kernel: 5, stride: 2 }, " + Norm + ", " + Pooled, 20)]
    [InlineData("{ type: conv2d, channels: 4, kernel: 5, stride: 4 }, " + Norm + ", " + Pooled, 10)]
    public void Check_BatchNormOverTwoValues_Passes(string layers, int shards)
    {
        Write(layers);

        _shell.Run("check", "wrong.yaml", "--set", $"batch.shards={shards}").Gives(ExitCode.Done);
    }

    private void Refused(string layers, string place, string wrong, string cure, params string[] more)
    {
        Write(layers);

        _shell.Refuses(["check", "wrong.yaml", .. more], [place, wrong, cure]);
        _shell.Refuses(["train", "wrong.yaml", .. more], [place, wrong, cure]);
    }

    private void Write(string layers) => _shell.Write(
        "wrong.yaml",
        $"name: wrong\ndata: {{ name: mine, train: 40, validation: 20 }}\nbatch: {{ size: 20, shards: 4 }}\nnetwork: {{ layers: [{layers}] }}\n");
}
