@echo off
rem test [NAME]: builds everything and runs the tests whose name contains NAME (all without it), one program after the other.
rem Each ends in a summary of its own; exits with 1 when any failed.
setlocal
cd /d "%~dp0"
where dotnet >nul 2>nul
if errorlevel 1 (
    echo error: the .NET SDK 10 is needed and 'dotnet' is not on the PATH; see https://dotnet.microsoft.com/download>&2
    exit /b 1
)
dotnet build ClusterTrain.sln -c Release -nologo -v quiet
if errorlevel 1 exit /b 1
set "wanted="
if not "%~1"=="" set "wanted=-method *%~1*"
set "failed=0"
for /d %%i in (tests\*.Tests) do (
    echo == %%~nxi
    dotnet "%%i\bin\Release\net10.0\%%~nxi.dll" -noLogo -noColor %wanted%
    if errorlevel 1 set "failed=1"
)
exit /b %failed%
